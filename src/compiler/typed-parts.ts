import type { TExpr } from "./typed.ts";

/** The typed expressions directly inside one. */
export function insideExpr(expr: TExpr): readonly TExpr[] {
  switch (expr.kind) {
    case "not":
    case "negate":
    case "format":
      return [expr.operand];
    case "logic":
    case "compare":
    case "arithmetic":
      return [expr.left, expr.right];
    case "in":
    case "match":
    case "has":
    case "past":
      return [expr.value];
    case "call":
      return expr.args;
    case "field":
      return expr.expansion ? [expr.expansion] : [];
    default:
      return [];
  }
}

/** Whether the test holds for an expression or for anything inside it. */
export const someExpr = (expr: TExpr, test: (part: TExpr) => boolean): boolean =>
  test(expr) || insideExpr(expr).some((part) => someExpr(part, test));
