import type { CheckedQuery, TExpr } from "../typed.ts";
import { insideExpr } from "../typed-parts.ts";
import { type Context, placeOf } from "./expression/context.ts";

/** What is known only of a packet that is followed: reported (PWQ1218, PWQ1219) where a query cannot know it. */
export function checkJourney(query: CheckedQuery, ctx: Context): void {
  const { where, when, stop, until, ending, show, follow, stretch } = query;
  const journeys = follow.size > 0;
  if (where) visit(where, (expr) => reportUse(expr, false, stretch !== undefined, ctx));
  const others = [
    ...[when, stop].flatMap((expr) => expr ?? []),
    ...[...until, ...ending].flatMap((end) => (end.kind === "expr" ? [end.condition] : [])),
    ...show.flatMap(({ value, condition }) => [value, ...(condition ? [condition] : [])]),
  ];
  for (const expr of others) visit(expr, (part) => reportUse(part, journeys, stretch !== undefined, ctx));
}

function visit(expr: TExpr, action: (part: TExpr) => void): void {
  action(expr);
  for (const part of insideExpr(expr)) visit(part, action);
}

function reportUse(expr: TExpr, followed: boolean, stretch: boolean, ctx: Context): void {
  const latency = expr.kind === "field" && expr.field.name === "latency";
  if (latency && !stretch) {
    ctx.world.report.error("PWQ1219", placeOf(ctx, expr), "`latency` is the time from one point to another", {
      label: "say which: `from ip_rcv to ip_local_deliver`; `elapsed` counts from the first event",
    });
  } else if ((latency || expr.kind === "past") && !followed) {
    const what = expr.kind === "past" ? `${expr.how}(…)` : "latency";
    ctx.world.report.error("PWQ1218", placeOf(ctx, expr), `\`${what}\` is known only of a followed packet`, {
      label: "it can stand in `when`, `until`, `ending`, `stop when` and `show`, without `follow none`",
    });
  }
}
