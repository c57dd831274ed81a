/**
 * The rules. Each builds its node of `ast.ts` directly; what is wrong with a literal is kept in `literals`, what is
 * wrong with the order of the tokens is said by `explain.ts`.
 * Every rule runs once during set-up with tokens that stand for nothing: what looks into a token is inside `ACTION`.
 */
import { EmbeddedActionsParser, type IToken, type TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import type { SyntaxProblem } from "./errors.ts";
import { hookBodyEnd } from "./hook-body.ts";
import { endOf } from "./lexer.ts";
import { Literals, members, spanOf, word } from "./nodes.ts";
import * as t from "./tokens.ts";

type Level = { readonly kind: "Logic" | "Arithmetic"; readonly op: TokenType };
type Tail = { readonly args: ast.Expr[] } | { readonly steps: ast.RawStep[] };
type Rule<T> = (index?: number) => T;

export class PwqParser extends EmbeddedActionsParser {
  private literals = new Literals();
  private doc: string | undefined;

  constructor(options: { readonly validate?: boolean } = {}) {
    super([...t.VOCABULARY.keys(), ...t.CATEGORIES], {
      maxLookahead: 2,
      recoveryEnabled: false,
      skipValidations: options.validate !== true,
    });
    this.performSelfAnalysis();
  }

  /** Takes the tokens of one statement; then call one of the public rules. */
  begin(tokens: IToken[], doc?: string): void {
    this.input = tokens;
    this.doc = doc;
    this.literals = new Literals();
  }

  /** What is wrong with literals, in order. */
  get problems(): readonly SyntaxProblem[] {
    return this.literals.problems;
  }

  // Statements

  statement = this.RULE(
    "statement",
    (): ast.Statement =>
      this.OR<ast.Statement>([
        { ALT: () => this.SUBRULE(this.version) },
        { ALT: () => this.SUBRULE(this.tags) },
        { ALT: () => this.SUBRULE(this.requires) },
        { ALT: () => this.SUBRULE(this.use) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.def) },
        { ALT: () => this.SUBRULE(this.trace) },
        { ALT: () => this.SUBRULE(this.hook) },
      ]),
  );

  private version = this.RULE("version", (): ast.LanguageVersion => {
    const start = this.CONSUME(t.Pwq);
    const major = this.plainNumber(this.CONSUME(t.Numeral), "a whole number: `pwq 1`");
    return { kind: "LanguageVersion", ...this.documented(), major, span: this.spanFrom(start) };
  });

  private tags = this.RULE("tags", (): ast.Tags => {
    const start = this.CONSUME(t.AtTags);
    const tags: ast.Word[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => tags.push(word(this.CONSUME(t.AnyWord))) });
    return { kind: "Tags", ...this.documented(), tags, span: this.spanFrom(start) };
  });

  private requires = this.RULE("requires", (): ast.Requires => {
    const start = this.CONSUME(t.AtRequires);
    const items: ast.Requirement[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.requirement)) });
    return { kind: "Requires", ...this.documented(), items, span: this.spanFrom(start) };
  });

  private requirement = this.RULE(
    "requirement",
    (): ast.Requirement =>
      this.OR<ast.Requirement>([
        { ALT: () => this.SUBRULE(this.kernelRequirement) },
        { ALT: () => this.SUBRULE(this.namedRequirement) },
      ]),
  );

  private kernelRequirement = this.RULE("kernelRequirement", (): ast.KernelRequirement => {
    const start = this.CONSUME(t.Kernel);
    const op = this.CONSUME(t.CompareOp).image as ast.CompareOp;
    const numeral = this.CONSUME(t.Numeral);
    const version = this.ACTION(() => this.literals.kernelVersion(numeral));
    return { kind: "KernelRequirement", op, version, span: this.spanFrom(start) };
  });

  private namedRequirement = this.RULE("namedRequirement", (): ast.NamedRequirement => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.FunctionWord) },
      { ALT: () => this.CONSUME(t.Type) },
      { ALT: () => this.CONSUME(t.Module) },
    ]);
    const name = word(this.CONSUME(t.AnyWord));
    return {
      kind: "NamedRequirement",
      what: start.image as ast.NamedRequirement["what"],
      name,
      span: this.spanFrom(start),
    };
  });

  private use = this.RULE("use", (): ast.Use => {
    const start = this.CONSUME(t.Use);
    const path = this.string(this.CONSUME(t.Quoted));
    return { kind: "Use", ...this.documented(), path, span: this.spanFrom(start) };
  });

  private param = this.RULE("param", (): ast.Param => {
    const start = this.CONSUME(t.Param);
    const name = word(this.CONSUME(t.AnyWord));
    this.CONSUME(t.Colon);
    const type = word(this.CONSUME(t.Name));
    const value = this.OPTION(() => {
      this.CONSUME(t.Assign);
      return this.SUBRULE(this.expression);
    });
    const about = this.OPTION2(() => this.string(this.CONSUME(t.Quoted)));
    return {
      kind: "Param",
      ...this.documented(),
      name,
      type,
      ...(value === undefined ? {} : { default: value }),
      ...(about === undefined ? {} : { about }),
      span: this.spanFrom(start),
    };
  });

  private def = this.RULE("def", (): ast.Def => {
    const start = this.CONSUME(t.Def);
    const name = word(this.CONSUME(t.Name));
    this.CONSUME(t.Assign);
    const value = this.SUBRULE(this.expression);
    return { kind: "Def", ...this.documented(), name, value, span: this.spanFrom(start) };
  });

  private trace = this.RULE("trace", (): ast.Trace => {
    const start = this.CONSUME(t.Trace);
    const subject = this.SUBRULE(this.subject);
    const clauses: ast.Clause[] = [];
    this.MANY(() => clauses.push(this.SUBRULE(this.clause)));
    return { kind: "Trace", ...this.documented(), subject, clauses, span: this.spanFrom(start) };
  });

  private subject = this.RULE(
    "subject",
    (): ast.Word =>
      this.OR([{ ALT: () => word(this.CONSUME(t.Drop)) }, { ALT: () => word(this.CONSUME(t.Name)) }]),
  );

  private hook = this.RULE("hook", (): ast.Hook => {
    const start = this.CONSUME(t.On);
    const event = this.SUBRULE(this.hookEvent);
    const interval = this.OPTION(() => {
      this.CONSUME(t.LParen);
      const value = this.SUBRULE(this.interval);
      this.CONSUME(t.RParen);
      return value;
    });
    const parameter = this.OPTION2(() => {
      this.CONSUME2(t.LParen);
      const name = word(this.CONSUME(t.AnyWord));
      this.CONSUME2(t.RParen);
      return name;
    });
    const code = this.CONSUME(t.HookBody);
    const body = this.ACTION(() => this.body(code));
    return {
      kind: "Hook",
      ...this.documented(),
      event,
      ...(interval === undefined ? {} : { interval }),
      ...(parameter === undefined ? {} : { parameter }),
      body,
      span: this.spanFrom(start),
    };
  });

  private hookEvent = this.RULE("hookEvent", (): ast.Word => word(this.CONSUME(t.AnyWord)));

  // Not a name: `(e)` is the parameter.
  private interval = this.RULE(
    "interval",
    (): ast.Expr =>
      this.OR<ast.Expr>([
        { ALT: () => this.number(this.CONSUME(t.Numeral)) },
        { ALT: () => this.paramRef(this.CONSUME(t.ParamRef)) },
      ]),
  );

  // Clauses

  private clause = this.RULE(
    "clause",
    (): ast.Clause =>
      this.OR<ast.Clause>([
        { ALT: () => this.SUBRULE(this.at) },
        { ALT: () => this.SUBRULE(this.where) },
        { ALT: () => this.SUBRULE(this.when) },
        { ALT: () => this.SUBRULE(this.follow) },
        { ALT: () => this.SUBRULE(this.until) },
        { ALT: () => this.SUBRULE(this.ending) },
        { ALT: () => this.SUBRULE(this.fromTo) },
        { ALT: () => this.SUBRULE(this.show) },
        { ALT: () => this.SUBRULE(this.by) },
        { ALT: () => this.SUBRULE(this.every) },
        { ALT: () => this.SUBRULE(this.top) },
        { ALT: () => this.SUBRULE(this.sample) },
        { ALT: () => this.SUBRULE(this.rate) },
        { ALT: () => this.SUBRULE(this.limit) },
        { ALT: () => this.SUBRULE(this.forTime) },
        { ALT: () => this.SUBRULE(this.stop) },
      ]),
  );

  private at = this.RULE("at", (): ast.AtClause => {
    const start = this.CONSUME(t.At);
    const points: ast.Point[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => points.push(this.SUBRULE(this.point)) });
    return { kind: "At", points, span: this.spanFrom(start) };
  });

  private where = this.RULE("where", (): ast.WhereClause => {
    const start = this.CONSUME(t.Where);
    const condition = this.SUBRULE(this.expression);
    return { kind: "Where", condition, span: this.spanFrom(start) };
  });

  private when = this.RULE("when", (): ast.WhenClause => {
    const start = this.CONSUME(t.When);
    const condition = this.SUBRULE(this.expression);
    return { kind: "When", condition, span: this.spanFrom(start) };
  });

  private follow = this.RULE("follow", (): ast.FollowClause => {
    const start = this.CONSUME(t.Follow);
    const what: ast.Word[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => what.push(this.SUBRULE(this.crossing)) });
    return { kind: "Follow", what, span: this.spanFrom(start) };
  });

  private crossing = this.RULE("crossing", (): ast.Word => word(this.CONSUME(t.Name)));

  private until = this.RULE("until", (): ast.UntilClause => {
    const start = this.CONSUME(t.Until);
    const terminals: ast.Terminal[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => terminals.push(this.SUBRULE(this.terminal)) });
    return { kind: "Until", terminals, span: this.spanFrom(start) };
  });

  private ending = this.RULE("ending", (): ast.EndingClause => {
    const start = this.CONSUME(t.Ending);
    const terminals: ast.Terminal[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => terminals.push(this.SUBRULE(this.terminal)) });
    return { kind: "Ending", terminals, span: this.spanFrom(start) };
  });

  private fromTo = this.RULE("from", (): ast.FromClause => {
    const start = this.CONSUME(t.From);
    const from = this.SUBRULE(this.point);
    this.CONSUME(t.To);
    const to = this.SUBRULE2(this.point);
    return { kind: "From", from, to, span: this.spanFrom(start) };
  });

  private show = this.RULE("show", (): ast.ShowClause => {
    const start = this.CONSUME(t.Show);
    const items: ast.ShowItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.showItem)) });
    return { kind: "Show", items, span: this.spanFrom(start) };
  });

  private showItem = this.RULE("showItem", (): ast.ShowItem => {
    const start = this.LA(1);
    const value = this.SUBRULE(this.expression);
    const as = this.OPTION(() => {
      this.CONSUME(t.As);
      return word(this.CONSUME(t.AnyWord));
    });
    return { kind: "ShowItem", value, ...(as === undefined ? {} : { as }), span: this.spanFrom(start) };
  });

  private by = this.RULE("by", (): ast.ByClause => {
    const start = this.CONSUME(t.By);
    const keys: ast.Expr[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => keys.push(this.SUBRULE(this.expression)) });
    return { kind: "By", keys, span: this.spanFrom(start) };
  });

  private every = this.RULE("every", (): ast.EveryClause => {
    const start = this.CONSUME(t.Every);
    const interval = this.SUBRULE(this.duration);
    return { kind: "Every", interval, span: this.spanFrom(start) };
  });

  private top = this.RULE("top", (): ast.TopClause => {
    const start = this.CONSUME(t.Top);
    const count = this.SUBRULE(this.quantity);
    return { kind: "Top", count, span: this.spanFrom(start) };
  });

  private sample = this.RULE("sample", (): ast.SampleClause => {
    const start = this.CONSUME(t.Sample);
    const numerator = this.SUBRULE(this.quantity);
    this.CONSUME(t.Slash);
    const denominator = this.SUBRULE2(this.quantity);
    return { kind: "Sample", numerator, denominator, span: this.spanFrom(start) };
  });

  private rate = this.RULE("rate", (): ast.RateClause => {
    const start = this.CONSUME(t.Rate);
    const count = this.SUBRULE(this.quantity);
    this.CONSUME(t.Slash);
    const per = this.SUBRULE(this.rateUnit);
    return { kind: "Rate", count, per, span: this.spanFrom(start) };
  });

  private rateUnit = this.RULE("rateUnit", (): ast.Word => word(this.CONSUME(t.Name)));

  private limit = this.RULE("limit", (): ast.LimitClause => {
    const start = this.CONSUME(t.Limit);
    const count = this.SUBRULE(this.quantity);
    const unit = this.SUBRULE(this.limitUnit);
    return { kind: "Limit", count, unit, span: this.spanFrom(start) };
  });

  private limitUnit = this.RULE("limitUnit", (): ast.Word => word(this.CONSUME(t.Name)));

  private forTime = this.RULE("for", (): ast.ForClause => {
    const start = this.CONSUME(t.For);
    const duration = this.SUBRULE(this.duration);
    return { kind: "For", duration, span: this.spanFrom(start) };
  });

  private stop = this.RULE("stop", (): ast.StopClause => {
    const start = this.CONSUME(t.Stop);
    this.CONSUME(t.When);
    const condition = this.SUBRULE(this.expression);
    return { kind: "Stop", condition, span: this.spanFrom(start) };
  });

  // A value that an operator cannot follow; anything else stands in parentheses.
  private quantity = this.constant("quantity");
  private duration = this.constant("duration");

  private constant(name: string) {
    return this.RULE(
      name,
      (): ast.Expr =>
        this.OR<ast.Expr>([
          { ALT: () => this.number(this.CONSUME(t.Numeral)) },
          { ALT: () => this.paramRef(this.CONSUME(t.ParamRef)) },
          { ALT: () => this.SUBRULE(this.nameOnly) },
          { ALT: () => this.SUBRULE(this.group) },
        ]),
    );
  }

  private nameOnly = this.RULE("nameOnly", (): ast.Name => {
    const name = this.CONSUME(t.Name);
    return { kind: "Name", name: name.image, span: this.spanFrom(name) };
  });

  // Points and terminals

  private point = this.RULE("point", (): ast.Point => {
    const start = this.LA(1);
    return this.OR<ast.Point>([
      {
        ALT: () => {
          const name = this.CONSUME(t.PointWord).image as ast.NamedPoint["name"];
          return { kind: "NamedPoint", name, span: this.spanFrom(start) };
        },
      },
      {
        ALT: () => {
          const exclude = this.OPTION(() => this.CONSUME(t.Bang)) !== undefined;
          return this.OR2<ast.Point>([
            {
              ALT: () => {
                this.CONSUME(t.Module);
                const glob = this.CONSUME(t.Glob).image;
                return { kind: "ModulePoint", exclude, glob, span: this.spanFrom(start) };
              },
            },
            {
              ALT: () => {
                this.CONSUME(t.Tracepoint);
                const group = this.CONSUME2(t.Glob).image;
                this.CONSUME(t.Colon);
                const glob = this.CONSUME3(t.Glob).image;
                return { kind: "TracepointPoint", exclude, group, glob, span: this.spanFrom(start) };
              },
            },
            {
              ALT: () => {
                const glob = this.CONSUME4(t.Glob).image;
                return { kind: "GlobPoint", exclude, glob, span: this.spanFrom(start) };
              },
            },
          ]);
        },
      },
    ]);
  });

  private terminal = this.RULE(
    "terminal",
    (): ast.Terminal =>
      this.OR<ast.Terminal>([
        { ALT: () => this.SUBRULE(this.namedTerminal) },
        { ALT: () => this.SUBRULE(this.functionTerminal) },
        {
          ALT: () => {
            const start = this.LA(1);
            const condition = this.SUBRULE(this.expression);
            return { kind: "ExprTerminal", condition, span: this.spanFrom(start) };
          },
        },
      ]),
  );

  private namedTerminal = this.RULE("namedTerminal", (): ast.NamedTerminal => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.Drop) },
      { ALT: () => this.CONSUME(t.Deliver) },
      { ALT: () => this.CONSUME(t.Xmit) },
      { ALT: () => this.CONSUME(t.Free) },
    ]);
    return {
      kind: "NamedTerminal",
      name: start.image as ast.NamedTerminal["name"],
      span: this.spanFrom(start),
    };
  });

  private functionTerminal = this.RULE("functionTerminal", (): ast.FunctionTerminal => {
    const start = this.CONSUME(t.Fn);
    this.CONSUME(t.LParen);
    const glob = this.OR([
      { ALT: () => this.CONSUME(t.Glob).image },
      { ALT: () => this.quotedGlob(this.CONSUME(t.Quoted)) },
    ]);
    this.CONSUME(t.RParen);
    return { kind: "FunctionTerminal", glob, span: this.spanFrom(start) };
  });

  // Expressions, from loose to tight

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
      ]),
  );

  private group = this.RULE("group", (): ast.Expr => {
    this.CONSUME(t.LParen);
    const inner = this.SUBRULE(this.expression);
    this.CONSUME(t.RParen);
    return inner;
  });

  private truth = this.RULE("truth", (): ast.BoolLiteral => {
    const start = this.OR([{ ALT: () => this.CONSUME(t.True) }, { ALT: () => this.CONSUME(t.False) }]);
    return { kind: "Bool", value: start.image === "true", span: this.spanFrom(start) };
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

  // Helpers

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

  private spanFrom(start: IToken): ast.Span {
    return { start: start.startOffset, end: endOf(this.LA(0)) };
  }

  private documented(): { doc?: string } {
    return this.doc === undefined ? {} : { doc: this.doc };
  }

  private number = (token: IToken) => this.ACTION(() => this.literals.number(token));
  private plainNumber = (token: IToken, label: string) =>
    this.ACTION(() => this.literals.plainNumber(token, label));
  private address = (token: IToken) => this.ACTION(() => this.literals.address(token));
  private string = (token: IToken) => this.ACTION(() => this.literals.string(token));
  private quotedGlob = (token: IToken) => this.ACTION(() => this.literals.string(token).value);
  private paramRef = (token: IToken) => this.ACTION(() => this.literals.param(token));

  private body(code: IToken): ast.Span {
    const { start, end } = spanOf(code);
    if (hookBodyEnd(code.image, 0).closed) return { start: start + 1, end: end - 1 };
    const brace = { start, end: start + 1 };
    this.literals.problems.push({
      code: "PWQ1013",
      span: brace,
      message: "this hook does not end",
      label: "the `{` has no `}`",
    });
    return { start: start + 1, end };
  }
}
