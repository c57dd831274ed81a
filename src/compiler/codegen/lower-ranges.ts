import type { CompareOp } from "../../../grammar/ast.ts";
import type { ConstSet } from "../typed.ts";
import { and, type Cond, FALSE, TRUE, type Value } from "./ir.ts";

/** The leaves that conditions are lowered to. */

export const cmp = (op: CompareOp, left: Value, right: Value, signed = false): Cond => ({
  op: "cmp",
  cmp: op,
  signed,
  left,
  right,
});

/** The value is there. */
export const there = (value: Value): Cond =>
  value.op === "const" ? TRUE : { op: "present", value, negated: false };

/** The value, in one part or two, lies in one of the ranges; negated: it is there and lies in none. */
export function inRanges(
  parts: readonly Value[],
  bits: 32 | 64 | 128,
  ranges: ConstSet["ranges"],
  negated: boolean,
): Cond {
  if (ranges.length === 0) return negated ? and(...parts.map(there)) : FALSE;
  return { op: "ranges", negated, parts, bits, ranges };
}
