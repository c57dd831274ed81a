import type * as ast from "../ast.ts";
import { word } from "../nodes.ts";
import * as t from "../tokens.ts";
import { PointRules } from "./point.ts";

/** The clauses of a query. */
export abstract class ClauseRules extends PointRules {
  protected clause = this.RULE(
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
    const points = this.list(() => this.SUBRULE(this.point));
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
    const what = this.list(() => this.SUBRULE(this.crossing));
    return { kind: "Follow", what, span: this.spanFrom(start) };
  });

  private crossing = this.RULE("crossing", (): ast.Word => word(this.CONSUME(t.Name)));

  private until = this.RULE("until", (): ast.UntilClause => {
    const start = this.CONSUME(t.Until);
    const terminals = this.list(() => this.SUBRULE(this.terminal));
    return { kind: "Until", terminals, span: this.spanFrom(start) };
  });

  private ending = this.RULE("ending", (): ast.EndingClause => {
    const start = this.CONSUME(t.Ending);
    const terminals = this.list(() => this.SUBRULE(this.terminal));
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
    const items = this.list(() => this.SUBRULE(this.showItem));
    return { kind: "Show", items, span: this.spanFrom(start) };
  });

  private showItem = this.RULE("showItem", (): ast.ShowItem => {
    const start = this.LA(1);
    const value = this.SUBRULE(this.expression);
    const condition = this.OPTION(() => {
      this.CONSUME(t.If);
      return this.SUBRULE2(this.expression);
    });
    const as = this.OPTION2(() => {
      this.CONSUME(t.As);
      return word(this.CONSUME(t.AnyWord));
    });
    return {
      kind: "ShowItem",
      value,
      ...(condition === undefined ? {} : { condition }),
      ...(as === undefined ? {} : { as }),
      span: this.spanFrom(start),
    };
  });

  private by = this.RULE("by", (): ast.ByClause => {
    const start = this.CONSUME(t.By);
    const keys = this.list(() => this.SUBRULE(this.expression));
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
}
