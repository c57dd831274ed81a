import type { CheckedQuery, TExpr, TPast } from "../typed.ts";
import { insideExpr } from "../typed-parts.ts";
import { type Cond, constant, type Value } from "./ir.ts";

/** What is known of earlier events, as conditions and values: words on the stack, which past.ts fills. */

/** Bit pairs by the index of the value: it is true; it is false. */
export const ANSWERS = "past";
export const LATENCY = "latency";
const answers: Value = { op: "local", name: ANSWERS };
const latency: Value = { op: "local", name: LATENCY };

export const yes = (index: number): number => 1 << (2 * index);
export const no = (index: number): number => 2 << (2 * index);

/** `index` among the query's values. */
export const pastCondition = (index: number, truth: boolean): Cond => ({
  op: "test",
  value: answers,
  mask: BigInt(truth ? yes(index) : no(index)),
});

/** 1 or 0; absent where it is unknown. */
export const pastNumber = (index: number): Value => ({
  op: "guard",
  condition: { op: "test", value: answers, mask: BigInt(yes(index) | no(index)) },
  value: {
    op: "bits",
    shift: 2 * index,
    width: 1,
    signed: false,
    value: answers,
  },
});

/** Absent but at the `to` event. */
export const latencyValue: Value = {
  op: "guard",
  condition: { op: "cmp", cmp: "!=", signed: false, left: latency, right: constant(0) },
  value: latency,
};

/** Everything that a query asks about earlier events, in the order of its clauses. */
export function pastOf(query: CheckedQuery): readonly TPast[] {
  const found: TPast[] = [];
  const visit = (expr: TExpr): void => {
    if (expr.kind === "past") found.push(expr);
    for (const part of insideExpr(expr)) visit(part);
  };
  const { when, stop, until, ending, show } = query;
  for (const expr of [when, stop]) if (expr) visit(expr);
  for (const end of [...until, ...ending]) if (end.kind === "expr") visit(end.condition);
  for (const { value, condition } of show) {
    visit(value);
    if (condition) visit(condition);
  }
  return found;
}
