import type { IToken, TokenType } from "chevrotain";
import type * as ast from "../ast.ts";
import { members, spanOf, word } from "../nodes.ts";
import * as t from "../tokens.ts";
import { Rules } from "./base.ts";

type Level = { readonly kind: "Logic" | "Arithmetic"; readonly op: TokenType };
type Tail = { readonly args: ast.Expr[] } | { readonly steps: ast.RawStep[] };
type Rule<T> = (index?: number) => T;

/** Expressions, from loose to tight. */
export abstract class ExpressionRules extends Rules {
  expression = this.RULE("expression", (): ast.Expr => this.SUBRULE(this.disjunction));

  private disjunction = this.level("disjunction", { kind: "Logic", op: t.OrOp }, () => this.conjunction);
  private conjunction = this.level("conjunction", { kind: "Logic", op: t.AndOp }, () => this.negation);

  private negation = this.RULE(
    "negation",
    (): ast.Expr =>
      this.OR<ast.Expr>([
        {
          ALT: () => {
            const start = this.CONSUME(t.NotOp);
            const operand = this.SUBRULE(this.negation);
            return { kind: "Not", operand, span: this.spanFrom(start) };
          },
        },
        { ALT: () => this.SUBRULE(this.comparison) },
      ]),
  );

  private comparison = this.RULE("comparison", (): ast.Expr => {
    const start = this.LA(1);
    const left = this.SUBRULE(this.range);
    const whole = this.OPTION(() =>
      this.OR<ast.Expr>([
        {
          ALT: () => {
            const op = this.CONSUME(t.CompareOp);
            const right = this.SUBRULE2(this.range);
            return {
              kind: "Compare",
              op: op.image as ast.CompareOp,
              opSpan: spanOf(op),
              left,
              right,
              span: this.spanFrom(start),
            };
          },
        },
        {
          ALT: () => {
            const negated = this.OPTION2(() => this.CONSUME(t.Not)) !== undefined;
            this.CONSUME(t.In);
            const set = this.SUBRULE3(this.range);
            return { kind: "Membership", negated, value: left, set, span: this.spanFrom(start) };
          },
        },
        {
          ALT: () => {
            const op = this.OR2([
              { ALT: () => this.CONSUME(t.Tilde).image as "~" },
              { ALT: () => this.CONSUME(t.Matches).image as "matches" },
            ]);
            const pattern = this.SUBRULE4(this.range);
            return { kind: "Match", op, value: left, pattern, span: this.spanFrom(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Has);
            const flags = this.SUBRULE5(this.range);
            return { kind: "Has", value: left, flags, span: this.spanFrom(start) };
          },
        },
      ]),
    );
    return whole ?? left;
  });

  private range = this.RULE("range", (): ast.Expr => {
    const start = this.LA(1);
    const low = this.SUBRULE(this.bits);
    const high = this.OPTION(() => {
      this.CONSUME(t.Upto);
      return this.SUBRULE2(this.bits);
    });
    return high === undefined ? low : { kind: "Range", low, high, span: this.spanFrom(start) };
  });

  private bits = this.level("bits", { kind: "Arithmetic", op: t.Pipe }, () => this.bitsOfOne);
  private bitsOfOne = this.level("bitsOfOne", { kind: "Arithmetic", op: t.Caret }, () => this.bitsOfBoth);
  private bitsOfBoth = this.level("bitsOfBoth", { kind: "Arithmetic", op: t.Ampersand }, () => this.shift);
  private shift = this.level("shift", { kind: "Arithmetic", op: t.ShiftOp }, () => this.sum);
  private sum = this.level("sum", { kind: "Arithmetic", op: t.AddOp }, () => this.product);
  private product = this.level("product", { kind: "Arithmetic", op: t.MulOp }, () => this.unary);

  private unary = this.RULE(
    "unary",
    (): ast.Expr =>
      this.OR<ast.Expr>([
        {
          ALT: () => {
            const start = this.OR2([
              { ALT: () => this.CONSUME(t.Minus) },
              { ALT: () => this.CONSUME(t.Tilde) },
            ]);
            const operand = this.SUBRULE(this.unary);
            return { kind: "Negate", op: start.image as "-" | "~", operand, span: this.spanFrom(start) };
          },
        },
        { ALT: () => this.SUBRULE(this.primary) },
      ]),
  );

  private primary = this.RULE(
    "primary",
    (): ast.Expr =>
      this.OR<ast.Expr>([
        { ALT: () => this.SUBRULE(this.reference) },
        { ALT: () => this.number(this.CONSUME(t.Numeral)) },
        { ALT: () => this.address(this.CONSUME(t.Address)) },
        { ALT: () => this.string(this.CONSUME(t.Quoted)) },
        { ALT: () => this.paramRef(this.CONSUME(t.ParamRef)) },
        { ALT: () => this.SUBRULE(this.group) },
        { ALT: () => this.SUBRULE(this.set) },
        { ALT: () => this.SUBRULE(this.pcap) },
        { ALT: () => this.SUBRULE(this.truth) },
        { ALT: () => this.SUBRULE(this.dropTest) },
      ]),
  );

  protected group = this.RULE("group", (): ast.Expr => {
    this.CONSUME(t.LParen);
    const inner = this.SUBRULE(this.expression);
    this.CONSUME(t.RParen);
    return inner;
  });

  private truth = this.RULE("truth", (): ast.BoolLiteral => {
    const start = this.OR([{ ALT: () => this.CONSUME(t.True) }, { ALT: () => this.CONSUME(t.False) }]);
    return { kind: "Bool", value: start.image === "true", span: this.spanFrom(start) };
  });

  /** Whether this is the drop of the packet. */
  private dropTest = this.RULE("dropTest", (): ast.Name => {
    const start = this.CONSUME(t.Drop);
    return { kind: "Name", name: start.image, span: this.spanFrom(start) };
  });

  private set = this.RULE("set", (): ast.SetExpr => {
    const start = this.CONSUME(t.LCurly);
    const items = [this.SUBRULE(this.range)];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      items.push(this.SUBRULE2(this.range));
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    this.CONSUME(t.RCurly);
    return { kind: "Set", items, span: this.spanFrom(start) };
  });

  private pcap = this.RULE("pcap", (): ast.Pcap => {
    const start = this.OR([{ ALT: () => this.CONSUME(t.Pcap) }, { ALT: () => this.CONSUME(t.InnerPcap) }]);
    const text = this.string(this.CONSUME(t.Quoted));
    return { kind: "Pcap", inner: start.tokenType === t.InnerPcap, text, span: this.spanFrom(start) };
  });

  /** A name, a call, or a path through kernel types. */
  private reference = this.RULE("reference", (): ast.Expr => {
    const root = this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.DottedName) }]);
    const tail = this.OPTION(() =>
      this.OR2<Tail>([
        { ALT: () => ({ args: this.SUBRULE(this.args) }) },
        { ALT: () => ({ steps: this.SUBRULE(this.steps) }) },
      ]),
    );
    return this.ACTION((): ast.Expr => {
      const span = this.spanFrom(root);
      if (tail === undefined) return { kind: "Name", name: root.image, span };
      if ("args" in tail) return { kind: "Call", callee: word(root), args: tail.args, span };
      const [first, ...others] = members(root, false);
      return { kind: "RawPath", root: first!.name, steps: [...others, ...tail.steps], span };
    });
  });

  private args = this.RULE("args", (): ast.Expr[] => {
    const args: ast.Expr[] = [];
    this.CONSUME(t.LParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => args.push(this.SUBRULE(this.expression)) });
    this.CONSUME(t.RParen);
    return args;
  });

  private steps = this.RULE("steps", (): ast.RawStep[] => {
    const steps: ast.RawStep[][] = [];
    this.OR([
      { ALT: () => steps.push(this.SUBRULE(this.pointee)) },
      { ALT: () => steps.push(this.SUBRULE(this.index)) },
    ]);
    this.MANY(() =>
      this.OR2([
        { ALT: () => steps.push(this.SUBRULE2(this.pointee)) },
        { ALT: () => steps.push(this.SUBRULE2(this.index)) },
        { ALT: () => steps.push(this.SUBRULE2(this.member)) },
      ]),
    );
    return steps.flat();
  });

  // Behind an arrow or a dot stands a dotted name: `->__sk_common.skc_family`.
  private pointee = this.RULE("pointee", (): ast.RawStep[] => {
    this.CONSUME(t.Arrow);
    const name = this.SUBRULE(this.memberName);
    return this.ACTION(() => members(name, true));
  });

  private member = this.RULE("member", (): ast.RawStep[] => {
    this.CONSUME(t.Dot);
    const name = this.SUBRULE(this.memberName);
    return this.ACTION(() => members(name, false));
  });

  private memberName = this.RULE(
    "memberName",
    (): IToken =>
      this.OR([{ ALT: () => this.CONSUME(t.AnyWord) }, { ALT: () => this.CONSUME(t.DottedName) }]),
  );

  private index = this.RULE("index", (): ast.RawStep[] => {
    const start = this.CONSUME(t.LSquare);
    const index = this.plainNumber(this.CONSUME(t.Numeral), "an index is a plain number");
    this.CONSUME(t.RSquare);
    return [{ kind: "Index", index, span: this.spanFrom(start) }];
  });

  /** A level of left-associative operators. */
  private level(name: string, { kind, op }: Level, next: () => Rule<ast.Expr>) {
    return this.RULE(name, (): ast.Expr => {
      const start = this.LA(1);
      let left = this.SUBRULE(next() as never) as ast.Expr;
      this.MANY(() => {
        const sign = this.CONSUME(op);
        const right = this.SUBRULE2(next() as never) as ast.Expr;
        const span = this.spanFrom(start);
        left =
          kind === "Logic"
            ? {
                kind,
                op: sign.tokenType === t.Or || sign.tokenType === t.OrOr ? "or" : "and",
                left,
                right,
                span,
              }
            : { kind, op: sign.image as ast.ArithmeticOp, opSpan: spanOf(sign), left, right, span };
      });
      return left;
    });
  }
}
