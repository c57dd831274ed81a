import type { ArithmeticOp, CompareOp } from "../../grammar/ast.ts";
import type { Type } from "./types.ts";

/**
 * 64-bit integer arithmetic on bigints, as eBPF does it. A number is kept in its natural form: from -2^63 below 2^63
 * where its type is signed, from 0 below 2^64 where it is not.
 */

export const isSigned = (type: Type): boolean => type.kind === "int" && type.signed;

/** The number that the low 64 bits of `value` stand for. */
export const wrap = (value: bigint, signed: boolean): bigint =>
  signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);

type Operation = (a: bigint, b: bigint) => bigint | undefined;

/**
 * Shift counts are taken modulo 64, as the instructions do. Quotients are cut towards zero and a remainder has the sign of
 * the dividend, as in C; the smallest number divided by -1 is itself. By zero: absent.
 */
const OPERATIONS: Readonly<Record<ArithmeticOp, Operation>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0n ? undefined : a / b),
  "%": (a, b) => (b === 0n ? undefined : a % b),
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << (b & 63n),
  ">>": (a, b) => a >> (b & 63n),
};

/** Both operands are first taken as signed or both as unsigned; so is the result, which wraps. */
export function arithmetic(
  op: ArithmeticOp,
  left: bigint,
  right: bigint,
  signed: boolean,
): bigint | undefined {
  const result = OPERATIONS[op](wrap(left, signed), wrap(right, signed));
  return result === undefined ? undefined : wrap(result, signed);
}

const ORDERS: Readonly<Record<CompareOp, (order: number) => boolean>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** Whether two things, of which `order` says how they stand (negative, zero, positive), compare so. */
export const ordered = (op: CompareOp, order: number): boolean => ORDERS[op](order);

/** Negative, zero or positive as `left` is below, equal to or above `right`. */
export const orderOf = <T extends bigint | string>(left: T, right: T): number =>
  left < right ? -1 : left > right ? 1 : 0;
