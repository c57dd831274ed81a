/** Random numbers and syntax trees for property tests; the same seed gives the same ones. */
import type * as ast from "../../grammar/index.ts";

export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }
  /** A whole number from 0 to below `limit` (mulberry32). */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
  bits(count: number): bigint {
    let value = 0n;
    for (let i = 0; i < count; i += 16) value = (value << 16n) | BigInt(this.below(65536));
    return BigInt.asUintN(this.chance(50) ? count : 8, value);
  }
}

const span = { start: 0, end: 0 };
const RESERVED = ["for", "to", "and", "where", "drop", "as"];
const PLAIN = ["mark", "len", "tcp", "x1", "_y", "module", "type", "path", "trace", "all"];

/** Makes trees that the grammar can give, of every kind of node. */
export class Trees {
  readonly random: Random;
  constructor(seed: number) {
    this.random = new Random(seed);
  }

  word(text: string): ast.Word {
    return { kind: "Word", text, span };
  }
  private name = () => this.random.pick(PLAIN);
  private anyName = () => this.random.pick([...PLAIN, ...RESERVED]);
  private dotted = () => [this.anyName(), ...this.random.list(2, this.anyName)].join(".");
  private text = (): ast.StringLiteral => {
    const value = this.random
      .list(6, () =>
        this.random.pick(["a", '"', "\\", "\n", "\t", "\0", "1", "é", "\u{1f600}", "#", "$", "\x7f", "'"]),
      )
      .join("");
    return { kind: "String", value, span };
  };

  literal(): ast.Expr {
    const r = this.random;
    const version = r.pick([4, 6] as const);
    return r.pick<() => ast.Expr>([
      () => ({ kind: "Int", value: r.bits(64), span }),
      () => ({ kind: "Bool", value: r.chance(50), span }),
      this.text,
      () => ({ kind: "Ip", version, value: r.bits(version === 4 ? 32 : 128), span }),
      () => ({
        kind: "Cidr",
        version,
        address: r.bits(version === 4 ? 32 : 128),
        prefix: r.below(version === 4 ? 33 : 129),
        span,
      }),
      () => ({ kind: "Mac", value: r.bits(48), span }),
      () => ({ kind: "Duration", value: r.bits(48) * r.pick([1n, 1000n, 60_000n]), span }),
      () => ({ kind: "Size", value: r.bits(48) * r.pick([1n, 1000n, 1024n]), span }),
    ])();
  }

  expr(depth = 4): ast.Expr {
    const r = this.random;
    if (depth === 0) return r.chance(50) ? this.literal() : { kind: "Name", name: this.name(), span };
    const sub = () => this.expr(depth - 1 - r.below(depth));
    return r.pick<() => ast.Expr>([
      () => this.literal(),
      () => ({ kind: "Name", name: r.chance(50) ? this.dotted() : this.name(), span }),
      () => ({ kind: "ParamRef", name: this.anyName(), span }),
      () => ({ kind: "Logic", op: r.pick(["and", "or"] as const), left: sub(), right: sub(), span }),
      () => ({ kind: "Not", operand: sub(), span }),
      () => ({
        kind: "Compare",
        op: r.pick(["==", "!=", "<", "<=", ">", ">="] as const),
        opSpan: span,
        left: sub(),
        right: sub(),
        span,
      }),
      () => ({ kind: "Membership", negated: r.chance(50), value: sub(), set: sub(), span }),
      () => ({ kind: "Match", op: r.pick(["~", "matches"] as const), value: sub(), pattern: sub(), span }),
      () => ({ kind: "Has", value: sub(), flags: sub(), span }),
      () => ({
        kind: "Arithmetic",
        op: r.pick(["|", "^", "&", "<<", ">>", "+", "-", "*", "/", "%"] as const),
        opSpan: span,
        left: sub(),
        right: sub(),
        span,
      }),
      () => ({ kind: "Negate", op: r.pick(["-", "~"] as const), operand: sub(), span }),
      () => ({ kind: "RawPath", root: this.name(), steps: this.steps(), span }),
      () => ({
        kind: "Call",
        callee: this.word(this.name()),
        args: r.chance(20) ? [] : r.list(3, sub),
        span,
      }),
      () => ({ kind: "Pcap", inner: r.chance(50), text: this.text(), span }),
      () => ({ kind: "Range", low: sub(), high: sub(), span }),
      () => ({ kind: "Set", items: r.list(3, sub), span }),
    ])();
  }

  private steps(): ast.RawStep[] {
    const r = this.random;
    return [
      { kind: "Member", arrow: true, name: this.anyName(), span },
      ...r.list(
        3,
        (): ast.RawStep =>
          r.chance(40)
            ? { kind: "Index", index: r.below(100), span }
            : { kind: "Member", arrow: r.chance(50), name: this.anyName(), span },
      ),
    ];
  }

  private glob = () => this.random.pick(["ip_*", "nft_do_chain", "*_rcv", "[ab]?c", "x.isra.0", "8139_*"]);

  private point(): ast.Point {
    const r = this.random;
    const exclude = r.chance(30);
    return r.pick<() => ast.Point>([
      () => ({
        kind: "NamedPoint",
        name: r.pick(["all", "path", "drop", "tc", "xdp"] as const),
        span,
      }),
      () => ({ kind: "CallsPoint", ...(exclude ? {} : { glob: this.glob() }), span }),
      () => ({ kind: "GlobPoint", exclude, glob: this.glob(), span }),
      () => ({ kind: "ModulePoint", exclude, glob: r.pick(["nf_*", "drop"]), span }),
      () => ({
        kind: "TracepointPoint",
        exclude,
        group: r.pick(["net", "xdp", "*"]),
        glob: this.glob(),
        span,
      }),
    ])();
  }

  private terminal(): ast.Terminal {
    const r = this.random;
    return r.pick<() => ast.Terminal>([
      () => ({ kind: "NamedTerminal", name: r.pick(["drop", "deliver", "xmit", "free"] as const), span }),
      () => ({ kind: "FunctionTerminal", glob: this.glob(), span }),
      () => ({ kind: "ExprTerminal", condition: this.expr(), span }),
    ])();
  }

  private count = (): ast.Expr => {
    const r = this.random;
    return r.pick<() => ast.Expr>([
      () => ({ kind: "Int", value: r.bits(32), span }),
      () => ({ kind: "Duration", value: r.bits(40), span }),
      () => ({ kind: "ParamRef", name: this.anyName(), span }),
      () => ({ kind: "Name", name: this.name(), span }),
      () => this.expr(2),
    ])();
  };

  private clause(): ast.Clause {
    const r = this.random;
    return r.pick<() => ast.Clause>([
      () => ({ kind: "At", points: r.list(4, () => this.point()), span }),
      () => ({ kind: "Where", condition: this.expr(), span }),
      () => ({ kind: "When", condition: this.expr(), span }),
      () => ({ kind: "Follow", what: r.list(3, () => this.word(r.pick(["clone", "xdp", "none"]))), span }),
      () => ({ kind: "Until", terminals: r.list(3, () => this.terminal()), span }),
      () => ({ kind: "Ending", terminals: r.list(3, () => this.terminal()), span }),
      () => ({ kind: "From", from: this.point(), to: this.point(), span }),
      () => ({
        kind: "Show",
        items: r.list(
          3,
          (): ast.ShowItem => ({
            kind: "ShowItem",
            value: this.expr(),
            ...(r.chance(20) ? { condition: this.expr() } : {}),
            ...(r.chance(30) ? { as: this.word(this.anyName()) } : {}),
            span,
          }),
        ),
        span,
      }),
      () => ({ kind: "By", keys: r.list(2, () => this.expr()), span }),
      () => ({ kind: "Every", interval: this.count(), span }),
      () => ({ kind: "Top", count: this.count(), span }),
      () => ({ kind: "Sample", numerator: this.count(), denominator: this.count(), span }),
      () => ({ kind: "Rate", count: this.count(), per: this.word("s"), span }),
      () => ({ kind: "Limit", count: this.count(), unit: this.word(r.pick(["packets", "events"])), span }),
      () => ({ kind: "For", duration: this.count(), span }),
      () => ({ kind: "Stop", condition: this.expr(), span }),
    ])();
  }

  statement(): ast.Statement {
    const r = this.random;
    const doc = r.chance(30)
      ? { doc: r.list(3, () => r.pick(["Title", "", "more *text*", "# x"])).join("\n") }
      : {};
    return r.pick<() => ast.Statement>([
      () => ({ kind: "LanguageVersion", ...doc, major: 1 + r.below(9), span }),
      () => ({ kind: "Tags", ...doc, tags: r.list(3, () => this.word(this.anyName())), span }),
      () => ({
        kind: "Requires",
        ...doc,
        items: r.list(
          3,
          (): ast.Requirement =>
            r.chance(40)
              ? { kind: "KernelRequirement", op: ">=", version: r.pick(["5.17", "6", "6.1.50"]), span }
              : {
                  kind: "NamedRequirement",
                  what: r.pick(["function", "type", "module"] as const),
                  name: this.word(this.anyName()),
                  span,
                },
        ),
        span,
      }),
      () => ({ kind: "Use", ...doc, path: this.text(), span }),
      () => ({
        kind: "Param",
        ...doc,
        name: this.word(this.anyName()),
        type: this.word(this.name()),
        ...(r.chance(60) ? { default: this.expr() } : {}),
        ...(r.chance(60) ? { about: this.text() } : {}),
        span,
      }),
      () => ({ kind: "Def", ...doc, name: this.word(this.name()), value: this.expr(), span }),
      () => ({
        kind: "Trace",
        ...doc,
        subject: this.word(r.pick(["skb", "drop", "xdp"])),
        clauses: r.list(6, () => this.clause()),
        span,
      }),
    ])();
  }

  program(): ast.Program {
    return { kind: "Program", statements: this.random.list(5, () => this.statement()), span };
  }
}
