import type { CheckedQuery, TExpr } from "./typed.ts";
import { someExpr } from "./typed-parts.ts";

/** What a function returns; the verdict of an XDP program is another field of that name. */
export const isReturn = (expr: TExpr): boolean =>
  expr.kind === "field" && expr.field.read.from === "event" && expr.field.read.what === "ret";

/** Whether a query asks what functions return: then each function it looks at has a second event, its return. */
export const waitsForReturns = (query: CheckedQuery): boolean =>
  conditionsAndColumns(query).some((expr) => someExpr(expr, isReturn));

/** Everything that a query computes at an event of a followed packet. */
export const conditionsAndColumns = ({ when, stop, until, show }: CheckedQuery): TExpr[] => [
  ...(when ? [when] : []),
  ...(stop ? [stop] : []),
  ...until.flatMap((terminal) => (terminal.kind === "expr" ? [terminal.condition] : [])),
  ...show.flatMap(({ value, condition }) => (condition ? [value, condition] : [value])),
];
