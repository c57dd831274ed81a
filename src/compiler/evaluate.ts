import type { CompareOp } from "../../grammar/ast.ts";
import { arithmetic, isSigned, ordered, orderOf, wrap } from "./int64.ts";
import { textMatcher } from "./text-match.ts";
import type {
  ConstRange,
  ConstSet,
  PresenceName,
  TArg,
  TCall,
  TConst,
  TDump,
  TExpr,
  TField,
  TFormat,
  TPast,
  TPayload,
  TPcap,
  TRaw,
} from "./typed.ts";

/**
 * What an expression means, on values: the reference that generated code is compared with, and what computes the
 * columns that are not captured as they are.
 */

/**
 * int and mac: bigint; bool: boolean; string: string; bytes: Uint8Array; ip: its family and the address as a number,
 * most significant octet first. Numbers are in natural form: signed types may be negative, others never are.
 */
export type Value = bigint | boolean | string | Uint8Array | Address;
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export type Leaf = TField | TRaw | TPayload | TPcap | TArg | TDump | TFormat | TPast;

/** The event that an expression is asked about. */
export interface Environment {
  /** The value of what is captured, extended to 64 bits by its own width and sign; undefined if it is absent. */
  read(leaf: Leaf): Value | undefined;
  present(layer: PresenceName, inner: boolean): boolean;
  /** The function at a kernel address; only patterns on addresses (`drop.location ~ "nft_*"`) ask. */
  symbol?(address: bigint): string | undefined;
}

/**
 * The value of an expression, or undefined: absent or, for a condition, unknown.
 *
 * - An absent operand makes any node absent, except `and` and `or` (Kleene: false decides `and`, true decides `or`)
 *   and protocol names, which are always true or false. `where` and `when` keep only true.
 * - Integers are 64 bits wide; the width of a type matters only where a value is read. Arithmetic wraps. An operation
 *   or comparison is signed if one of its sides is; a shift if what is shifted is. See int64.ts for the rest.
 * - Addresses of different families are unequal, and neither is below the other.
 * - A pattern sees text as its UTF-8 bytes: `?` and `.` are one byte. A glob matches the whole, a regular expression
 *   (JavaScript's, without flags) any part.
 *
 * Throws TypeError if a value is not of its node's type: the checker or the reader is wrong then.
 */
export function evaluate(expr: TExpr, event: Environment): Value | undefined {
  switch (expr.kind) {
    case "const":
      return constant(expr);
    case "field":
      return expr.expansion ? evaluate(expr.expansion, event) : event.read(expr);
    case "raw":
    case "pcap":
    case "payload":
    case "arg":
    case "dump":
    case "format":
    case "past":
      return event.read(expr);
    case "present":
      return event.present(expr.layer, expr.inner === true);
    case "not": {
      const operand = truth(evaluate(expr.operand, event));
      return operand === undefined ? undefined : !operand;
    }
    case "logic": {
      const left = truth(evaluate(expr.left, event));
      const right = truth(evaluate(expr.right, event));
      return expr.op === "and" ? kleeneAnd(left, right) : kleeneOr(left, right);
    }
    case "compare": {
      const left = evaluate(expr.left, event);
      const right = evaluate(expr.right, event);
      if (left === undefined || right === undefined) return undefined;
      return compare(expr.op, left, right, isSigned(expr.left.type) || isSigned(expr.right.type));
    }
    case "in": {
      const value = evaluate(expr.value, event);
      return value === undefined ? undefined : contains(expr.set, value) !== expr.negated;
    }
    case "match": {
      const value = evaluate(expr.value, event);
      const text = typeof value === "bigint" ? event.symbol?.(value) : value;
      if (text === undefined) return undefined;
      if (typeof text !== "string") throw mismatch("text", text);
      return textMatcher(expr.how, expr.pattern)(text);
    }
    case "has": {
      const value = integer(evaluate(expr.value, event));
      return value === undefined ? undefined : (value & expr.mask) === expr.mask;
    }
    case "arithmetic": {
      const left = integer(evaluate(expr.left, event));
      const right = integer(evaluate(expr.right, event));
      if (left === undefined || right === undefined) return undefined;
      const shift = expr.op === "<<" || expr.op === ">>";
      const signed = isSigned(expr.left.type) || (!shift && isSigned(expr.right.type));
      const result = arithmetic(expr.op, left, right, signed);
      return result === undefined ? undefined : wrap(result, isSigned(expr.type));
    }
    case "negate": {
      const operand = integer(evaluate(expr.operand, event));
      if (operand === undefined) return undefined;
      return wrap(expr.op === "-" ? -operand : ~operand, isSigned(expr.type));
    }
    case "call":
      return call(expr, event);
  }
}

export function kleeneAnd(left: boolean | undefined, right: boolean | undefined): boolean | undefined {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

export function kleeneOr(left: boolean | undefined, right: boolean | undefined): boolean | undefined {
  if (left === true || right === true) return true;
  return left === undefined || right === undefined ? undefined : false;
}

function constant({ type, value }: TConst): Value {
  if (type.kind !== "ip") return value;
  if (typeof value !== "bigint" || type.version === undefined)
    throw mismatch("an address with a family", value);
  return { version: type.version, value };
}

function compare(op: CompareOp, left: Value, right: Value, signed: boolean): boolean | undefined {
  if (typeof left === "bigint" && typeof right === "bigint") {
    return ordered(op, orderOf(wrap(left, signed), wrap(right, signed)));
  }
  if (typeof left === "string" && typeof right === "string") return ordered(op, orderOf(left, right));
  if (typeof left === "boolean" && typeof right === "boolean") {
    return ordered(op, Number(left) - Number(right));
  }
  if (isAddress(left) && isAddress(right)) {
    if (left.version === right.version) return ordered(op, orderOf(left.value, right.value));
    return op === "!=";
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return ordered(op, orderOf(hex(left), hex(right)));
  }
  throw mismatch("two values of one type", right);
}

function contains(set: ConstSet, value: Value): boolean {
  if (typeof value === "string") return set.strings.includes(value);
  if (typeof value === "bigint") return inRanges(set.ranges, value);
  if (isAddress(value)) return inRanges(value.version === 4 ? set.ranges4 : set.ranges6, value.value);
  throw mismatch("a value that can be in a set", value);
}

const inRanges = (ranges: readonly ConstRange[], value: bigint): boolean =>
  ranges.some(({ low, high }) => low <= value && value <= high);

function call({ callee, args, type }: TCall, event: Environment): Value | undefined {
  const values = args.map((arg) => evaluate(arg, event));
  if (values.includes(undefined)) return undefined;
  if (callee === "len") return lengthOf(values[0]!);
  const signed = args.some((arg) => isSigned(arg.type));
  const numbers = values.map((value) => wrap(integer(value)!, signed));
  return wrap(NUMBERS[callee](numbers), isSigned(type));
}

const NUMBERS: Readonly<Record<Exclude<TCall["callee"], "len">, (numbers: readonly bigint[]) => bigint>> = {
  abs: ([x]) => (x! < 0n ? -x! : x!),
  min: (numbers) => numbers.reduce((a, b) => (orderOf(a, b) < 0 ? a : b)),
  max: (numbers) => numbers.reduce((a, b) => (orderOf(a, b) > 0 ? a : b)),
};

/** In bytes. */
function lengthOf(value: Value): bigint {
  if (typeof value === "string") return BigInt(new TextEncoder().encode(value).length);
  if (value instanceof Uint8Array) return BigInt(value.length);
  throw mismatch("text or bytes", value);
}

function truth(value: Value | undefined): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw mismatch("true or false", value);
}

function integer(value: Value | undefined): bigint | undefined {
  if (value === undefined || typeof value === "bigint") return value;
  throw mismatch("an integer", value);
}

const isAddress = (value: Value): value is Address =>
  typeof value === "object" && !(value instanceof Uint8Array);

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

const mismatch = (wanted: string, got: unknown): TypeError =>
  new TypeError(`${wanted} expected, got ${got instanceof Uint8Array ? `bytes ${hex(got)}` : String(got)}`);
