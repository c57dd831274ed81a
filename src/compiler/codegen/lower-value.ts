import { isReturn } from "../returns.ts";
import type { TExpr, TField } from "../typed.ts";
import { type Bytes, constant, type Value } from "./ir.ts";
import { describe, fail, type LowerContext } from "./lower-context.ts";
import { type Lowered, lowerPath, lowerRead, rootOf } from "./lower-read.ts";
import { signatureValue } from "./lower-signature.ts";
import { pastNumber } from "./past-values.ts";

/** From checked expressions to values: how each is got in the kernel. Conditions are in lower.ts. */

export type Ip = Extract<Lowered, { shape: "ip" }>;

export const isSigned = (e: TExpr): boolean => e.type.kind === "int" && e.type.signed;

/** An expression as a number of 64 bits. */
export function numberOf(expr: TExpr, context: LowerContext): Value {
  const lowered = lower(expr, context);
  if (lowered.shape === "number") return lowered.value;
  return fail("PWQ1262", `\`${describe(expr)}\` cannot be tested in the kernel`, expr, context);
}

export function ipOf(expr: TExpr, context: LowerContext): Ip {
  if (expr.kind === "const") {
    const value = expr.value as bigint;
    if (expr.type.kind === "ip" && expr.type.version === 6) {
      return { shape: "ip", v6: [constant(value >> 64n), constant(value & 0xffff_ffff_ffff_ffffn)] };
    }
    return { shape: "ip", v4: constant(value) };
  }
  const lowered = lower(expr, context);
  return lowered.shape === "ip"
    ? lowered
    : fail("PWQ1262", `\`${describe(expr)}\` is not an address`, expr, context);
}

export function bytesOf(expr: TExpr, context: LowerContext): Bytes {
  const lowered = lower(expr, context);
  if (lowered.shape === "bytes") return lowered.bytes;
  return fail("PWQ1262", `\`${describe(expr)}\` cannot be tested in the kernel`, expr, context, [
    "it is made later, from what was captured: it can be shown",
  ]);
}

/** How the value of any expression is got in the kernel. */
export function lower(expr: TExpr, context: LowerContext): Lowered {
  const number = (value: Value): Lowered => ({ shape: "number", value });
  switch (expr.kind) {
    case "const":
      if (typeof expr.value === "bigint") return number(constant(expr.value));
      if (typeof expr.value === "boolean") return number(constant(expr.value ? 1 : 0));
      break;
    case "field":
      return lowerField(expr, context);
    case "raw": {
      const lowered = expr.path && lowerPath(expr.path, expr.type, rootOf(expr.text, context.facts));
      if (lowered) return lowered;
      break;
    }
    case "dump": {
      const lowered = expr.path && lowerPath(expr.path, expr.type, rootOf(expr.text, context.facts));
      if (lowered) return lowered;
      break;
    }
    case "arithmetic":
      return number({
        op: "alu",
        alu: expr.op,
        signed: isSigned(expr.left) || (expr.op !== "<<" && expr.op !== ">>" && isSigned(expr.right)),
        left: numberOf(expr.left, context),
        right: numberOf(expr.right, context),
      });
    case "negate":
      return number(
        expr.op === "-"
          ? { op: "alu", alu: "-", signed: false, left: constant(0), right: numberOf(expr.operand, context) }
          : {
              op: "alu",
              alu: "^",
              signed: false,
              left: numberOf(expr.operand, context),
              right: constant(-1n),
            },
      );
    case "arg":
      return number(signatureValue(expr.index, expr, context));
    case "past":
      return number(pastNumber(context.past.get(expr)!));
    case "payload":
      return { shape: "bytes", bytes: { op: "payload", size: expr.size } };
    case "pcap":
      if (expr.filter)
        return number({ op: "pcap", filter: expr.filter, ...(expr.inner ? { inner: true } : {}) });
      break;
    case "format":
      return lowerFormat(expr, context);
    case "call":
      return number(lowerCall(expr, context));
    case "not":
    case "logic":
    case "present":
    case "compare":
    case "in":
    case "match":
    case "has":
      break;
  }
  return fail("PWQ1262", `\`${describe(expr)}\` cannot be computed in the kernel`, expr, context);
}

function lowerField(expr: TField, context: LowerContext): Lowered {
  if (expr.expansion) return lower(expr.expansion, context);
  if (isReturn(expr)) return { shape: "number", value: signatureValue("ret", expr, context) };
  const { field } = expr;
  if (field.read.from === "runtime" || field.read.from === "either") {
    return fail("PWQ1262", `\`${field.name}\` cannot be tested in the kernel`, expr, context, [
      "it is made later, from what was captured: it can be shown",
    ]);
  }
  return (
    lowerRead(field.read, field.type, context.facts) ??
    fail("PWQ1261", `\`${field.name}\` cannot be read on this kernel`, expr, context, [
      field.read.from === "event"
        ? "programs may not look at the count of interrupts here; that needs CONFIG_KALLSYMS_ALL"
        : "its structure has none of the members this field is read from, or the module that defines it is not loaded",
    ])
  );
}

function lowerFormat(expr: Extract<TExpr, { kind: "format" }>, context: LowerContext): Lowered {
  if (expr.how === "str") {
    const inner = lower(expr.operand, context);
    if (inner.shape === "bytes") return inner;
    const pointer = numberOf(expr.operand, context);
    return { shape: "bytes", bytes: { op: "cstring", pointer, size: expr.size } };
  }
  const { operand } = expr;
  if (operand.kind === "raw" && operand.path) {
    const inner = lowerPath(
      { ...operand.path, value: { kind: "bytes", size: expr.size, typeName: "" } },
      {
        kind: "bytes",
        size: expr.size,
      },
      rootOf(operand.text, context.facts),
    );
    if (inner) return inner;
  }
  return lower(operand, context);
}

function lowerCall(expr: Extract<TExpr, { kind: "call" }>, context: LowerContext): Value {
  if (expr.callee === "len") return fail("PWQ1262", "`len(…)` cannot be tested in the kernel", expr, context);
  const signed = expr.args.some(isSigned);
  const values = expr.args.map((arg) => numberOf(arg, context));
  const { callee } = expr;
  if (callee !== "abs") {
    return values.reduce((left, right) => ({ op: "minmax", which: callee, signed, left, right }));
  }
  const left = values[0]!;
  if (!signed) return left;
  const negative: Value = { op: "alu", alu: "-", signed: false, left: constant(0), right: left };
  return { op: "minmax", which: "max", signed: true, left, right: negative };
}
