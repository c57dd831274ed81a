import type { IToken } from "chevrotain";
import type * as ast from "../ast.ts";
import { hookBodyEnd } from "../hook-body.ts";
import { spanOf, word } from "../nodes.ts";
import * as t from "../tokens.ts";
import type { ParserOptions } from "./base.ts";
import { ClauseRules } from "./clause.ts";

/** The statements; with the rules below them, the whole parser. */
export class PwqParser extends ClauseRules {
  constructor(options: ParserOptions = {}) {
    super(options);
    this.performSelfAnalysis();
  }

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
    const tags = this.list(() => word(this.CONSUME(t.AnyWord)));
    return { kind: "Tags", ...this.documented(), tags, span: this.spanFrom(start) };
  });

  private requires = this.RULE("requires", (): ast.Requires => {
    const start = this.CONSUME(t.AtRequires);
    const items = this.list(() => this.SUBRULE(this.requirement));
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
