import type { ArithmeticOp } from "../../../../grammar/ast.ts";
import type { IntType } from "../../types.ts";

type Unit = IntType["unit"];

/**
 * The unit of `left op right`: like units add, and cancel in a quotient; a plain number takes part in anything.
 * A point in time and a duration make a point in time; two points in time lie a duration apart.
 */
export function unitOfArithmetic(op: ArithmeticOp, left: Unit, right: Unit): Unit | "mixed" {
  if (left === right) {
    if (op === "/") return undefined;
    return op === "-" && left === "time" ? "duration" : left;
  }
  if (left === undefined) return right;
  if (right === undefined) return left;
  const moved = op === "+" || op === "-";
  return moved && left === "time" && right === "duration" ? "time" : "mixed";
}
