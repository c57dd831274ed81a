import type { CompareOp } from "../../../grammar/ast.ts";
import type { PointInfo } from "../compiled.ts";
import type { Code } from "../diagnostics/codes.ts";
import { PwqError } from "../diagnostics/diagnostic.ts";
import type { KernelFacts } from "../facts.ts";
import { POINT_KIND, VIEW_HAS } from "../layout.ts";
import type { Source } from "../source.ts";
import { textMatcher } from "../text-match.ts";
import type { ConstSet, PresenceName, TCompare, TExpr, TField, TIn, TMatch } from "../typed.ts";
import { REGISTERS } from "./arch.ts";
import { and, type Bytes, type Cond, constant, FALSE, or, TRUE, type Value } from "./ir.ts";
import { atDrop, type Lowered, lowerPath, lowerRead } from "./lower-read.ts";

/**
 * From checked expressions to conditions on kernel memory. Three-valued logic is dissolved here: an expression is asked
 * whether it is surely true or surely false, and a leaf whose field is absent is neither. Since `and` and `or` keep
 * that order, nothing is lost, and no code is ever needed for "unknown".
 */
export interface LowerContext {
  readonly facts: KernelFacts;
  /** By number, for tests of `func` and `module`. */
  readonly points: readonly PointInfo[];
  readonly source: Source;
}

/** True exactly where the expression is true. */
export function surely(expr: TExpr, truth: boolean, context: LowerContext): Cond {
  switch (expr.kind) {
    case "const":
      return expr.value === truth ? TRUE : FALSE;
    case "not":
      return surely(expr.operand, !truth, context);
    case "logic": {
      const parts = [surely(expr.left, truth, context), surely(expr.right, truth, context)];
      return (expr.op === "and") === truth ? and(...parts) : or(...parts);
    }
    case "present":
      return presence(expr.layer, truth);
    case "compare":
      return compare(expr, truth, context);
    case "in":
      return membership(expr, truth, context);
    case "match":
      return match(expr, truth, context);
    case "has": {
      const value = numberOf(expr.value, context);
      const masked: Value = { op: "alu", alu: "&", signed: false, left: value, right: constant(expr.mask) };
      return cmp(truth ? "==" : "!=", masked, constant(expr.mask));
    }
    default:
      return cmp(truth ? "!=" : "==", numberOf(expr, context), constant(0));
  }
}

const cmp = (op: CompareOp, left: Value, right: Value, signed = false): Cond => ({
  op: "cmp",
  cmp: op,
  signed,
  left,
  right,
});

const OPPOSITE: Readonly<Record<CompareOp, CompareOp>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

const protoOf = (proto: number, negated: boolean): Cond =>
  cmp(negated ? "!=" : "==", { op: "view", member: "proto", has: VIEW_HAS.proto }, constant(proto));

/** Which view bits say that a protocol is there; of a packet without headers, its socket's protocol. */
function presence(layer: PresenceName, truth: boolean): Cond {
  const bit = (bits: number): Cond => ({ op: "has", bits, negated: !truth });
  const SOCKET_PROTOCOL: Readonly<Partial<Record<PresenceName, number>>> = { tcp: 6, udp: 17, sctp: 132 };
  switch (layer) {
    case "ip":
      return bit(VIEW_HAS.ip4 | VIEW_HAS.ip6 | VIEW_HAS.sock4 | VIEW_HAS.sock6);
    case "ip4":
      return bit(VIEW_HAS.ip4 | VIEW_HAS.sock4);
    case "ip6":
      return bit(VIEW_HAS.ip6 | VIEW_HAS.sock6);
    case "vlan":
      return bit(VIEW_HAS.tci);
    default: {
      const proto = SOCKET_PROTOCOL[layer];
      const header = bit(VIEW_HAS[layer]);
      if (proto === undefined) return header;
      const socket: Cond = { op: "has", bits: VIEW_HAS.sock4 | VIEW_HAS.sock6, negated: !truth };
      if (truth) return or(header, and(socket, protoOf(proto, false)));
      // A socket whose protocol is not known (RAW, MPTCP) has no such header coming; the test is never unknown.
      const unknown: Cond = { op: "has", bits: VIEW_HAS.proto, negated: true };
      return and(header, or(socket, unknown, protoOf(proto, true)));
    }
  }
}

function compare(expr: TCompare, truth: boolean, context: LowerContext): Cond {
  const op = truth ? expr.op : OPPOSITE[expr.op];
  const { left, right } = expr;
  if (left.type.kind === "bool") {
    const same = or(
      and(surely(left, true, context), surely(right, true, context)),
      and(surely(left, false, context), surely(right, false, context)),
    );
    const unlike = or(
      and(surely(left, true, context), surely(right, false, context)),
      and(surely(left, false, context), surely(right, true, context)),
    );
    return op === "==" ? same : unlike;
  }
  if (left.type.kind === "string") return compareText(left, right, op, context);
  if (left.type.kind === "ip") return compareIp(ipOf(left, context), ipOf(right, context), op);
  return cmp(op, numberOf(left, context), numberOf(right, context), isSigned(left) || isSigned(right));
}

const isSigned = (e: TExpr): boolean => e.type.kind === "int" && e.type.signed;

function compareText(left: TExpr, right: TExpr, op: CompareOp, context: LowerContext): Cond {
  if (op !== "==" && op !== "!=") {
    fail("PWQ1262", "strings have no order in the kernel", right, context, [
      "compare with `==`, `!=`, `~` or `in`",
    ]);
  }
  const [field, text] = right.kind === "const" ? [left, right] : [right, left];
  if (text.kind !== "const") {
    fail("PWQ1262", "two strings of a packet cannot be compared in the kernel", right, context, [
      "compare each with a constant, or show both",
    ]);
  }
  const wanted = String(text.value);
  const pointName = pointNameOf(field);
  if (pointName) return pointTest(pointName, (name) => name === wanted, op === "==", field, context);
  return {
    op: "text",
    negated: op === "!=",
    source: bytesOf(field, context),
    test: { kind: "equals", text: wanted },
  };
}

type Ip = Extract<Lowered, { shape: "ip" }>;

function compareIp(a: Ip, b: Ip, op: CompareOp): Cond {
  const both4 = a.v4 && b.v4 ? [a.v4, b.v4] : undefined;
  const both6 = a.v6 && b.v6 ? [a.v6, b.v6] : undefined;
  if (op === "==" || op === "!=") {
    const same = op === "==";
    const parts = [
      both4 ? cmp(op, both4[0]!, both4[1]!) : FALSE,
      both6
        ? (same ? and : or)(cmp(op, both6[0]![0], both6[1]![0]), cmp(op, both6[0]![1], both6[1]![1]))
        : FALSE,
    ];
    // Addresses of different families are there and differ.
    if (!same && a.v4 && b.v6) parts.push(and(there(a.v4), there(b.v6[0])));
    if (!same && a.v6 && b.v4) parts.push(and(there(a.v6[0]), there(b.v4)));
    return or(...parts);
  }
  const strict = op === "<" || op === "<=" ? "<" : ">";
  return or(
    both4 ? cmp(op, both4[0]!, both4[1]!) : FALSE,
    both6
      ? or(
          cmp(strict, both6[0]![0], both6[1]![0]),
          and(cmp("==", both6[0]![0], both6[1]![0]), cmp(op, both6[0]![1], both6[1]![1])),
        )
      : FALSE,
  );
}

const there = (value: Value): Cond =>
  value.op === "const" ? TRUE : { op: "present", value, negated: false };

function membership(expr: TIn, truth: boolean, context: LowerContext): Cond {
  const negated = expr.negated === truth;
  const { value, set } = expr;
  if (value.type.kind === "string") return textMembership(value, set, negated, context);
  if (value.type.kind === "ip") {
    const { v4, v6 } = ipOf(value, context);
    const parts: Cond[] = [];
    if (v4) parts.push(inRanges([v4], 32, set.ranges4, negated));
    if (v6) parts.push(inRanges(v6, 128, set.ranges6, negated));
    return or(...parts);
  }
  const signed = isSigned(value);
  const number = numberOf(value, context);
  if (!signed) return inRanges([number], 64, set.ranges, negated);
  // Signed numbers keep their order when the sign bit is flipped.
  const flip = (n: bigint): bigint => BigInt.asUintN(64, n) ^ (1n << 63n);
  const ranges = set.ranges.map(({ low, high }) => ({ low: flip(low), high: flip(high) }));
  const flipped: Value = { op: "alu", alu: "^", signed: false, left: number, right: constant(-(1n << 63n)) };
  return inRanges([flipped], 64, ranges, negated);
}

function inRanges(
  parts: readonly Value[],
  bits: 32 | 64 | 128,
  ranges: ConstSet["ranges"],
  negated: boolean,
): Cond {
  if (ranges.length === 0) return negated ? and(...parts.map(there)) : FALSE;
  return { op: "ranges", negated, parts, bits, ranges };
}

function textMembership(value: TExpr, set: ConstSet, negated: boolean, context: LowerContext): Cond {
  const pointName = pointNameOf(value);
  if (pointName) {
    const names = new Set(set.strings);
    return pointTest(pointName, (name) => names.has(name), !negated, value, context);
  }
  const source = bytesOf(value, context);
  const each = set.strings.map(
    (text): Cond => ({ op: "text", negated, source, test: { kind: "equals", text } }),
  );
  return negated ? and(...each) : or(...each);
}

function match(expr: TMatch, truth: boolean, context: LowerContext): Cond {
  const pointName = pointNameOf(expr.value);
  if (pointName) {
    return pointTest(pointName, textMatcher(expr.how, expr.pattern), truth, expr, context);
  }
  if (expr.value.type.kind === "int") {
    const test = textMatcher(expr.how, expr.pattern);
    return inRanges([numberOf(expr.value, context)], 64, symbolRanges(test, expr, context), !truth);
  }
  return {
    op: "text",
    negated: !truth,
    source: bytesOf(expr.value, context),
    test: { kind: "pattern", how: expr.how, pattern: expr.pattern },
  };
}

/** `func` and `module` are known when points are planned: a test of them is a set of point numbers. */
const pointNameOf = (expr: TExpr): "func" | "module" | undefined =>
  expr.kind === "field" &&
  expr.field.read.from === "event" &&
  (expr.field.read.what === "func" || expr.field.read.what === "module")
    ? expr.field.read.what
    : undefined;

function pointTest(
  what: "func" | "module",
  test: (name: string) => boolean,
  wanted: boolean,
  expr: TExpr,
  context: LowerContext,
): Cond {
  const { points } = context;
  const numbers = points.flatMap((point, i) => {
    if (point.kind === "drop") return [];
    const name = what === "func" ? point.name : point.module;
    return name !== undefined && test(name) === wanted ? [BigInt(i)] : [];
  });
  const here = inRanges(
    [{ op: "event", member: "point" }],
    64,
    merge(numbers.map((n) => ({ low: n, high: n }))),
    false,
  );
  if (what === "module" || !points.some((p) => p.kind === "drop")) return here;
  // The function of a drop is the one its location lies in.
  const location = inRanges(
    [{ op: "event", member: "location" }],
    64,
    symbolRanges(test, expr, context),
    !wanted,
  );
  const notDrop = cmp("!=", { op: "event", member: "kind" }, constant(POINT_KIND.drop));
  return or(and(notDrop, here), and(atDrop, location));
}

/** Where the code of all functions lies whose names pass the test. */
function symbolRanges(
  test: (name: string) => boolean,
  expr: TExpr,
  context: LowerContext,
): ConstSet["ranges"] {
  const symbols = context.facts.symbols();
  if (!symbols) {
    return fail(
      "PWQ1262",
      "a function's name cannot be tested where the kernel hides its symbols",
      expr,
      context,
      ["run as root, or set kernel.kptr_restrict to 0 or 1"],
    );
  }
  const ranges = symbols.select(test).flatMap((name) => symbols.ranges(name));
  return merge(ranges.map(({ start, end }) => ({ low: start, high: end - 1n })));
}

/** Sorts and joins ranges that touch. */
function merge(ranges: readonly { low: bigint; high: bigint }[]): ConstSet["ranges"] {
  const out: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of [...ranges].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = out.at(-1);
    if (last && low <= last.high + 1n) {
      if (high > last.high) last.high = high;
    } else out.push({ low, high });
  }
  return out;
}

/** An expression as a number of 64 bits. */
export function numberOf(expr: TExpr, context: LowerContext): Value {
  const lowered = lower(expr, context);
  if (lowered.shape === "number") return lowered.value;
  return fail("PWQ1262", `\`${describe(expr)}\` cannot be tested in the kernel`, expr, context);
}

function ipOf(expr: TExpr, context: LowerContext): Ip {
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

function bytesOf(expr: TExpr, context: LowerContext): Bytes {
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
      const lowered = expr.path && lowerPath(expr.path, expr.type);
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
    case "arg": {
      const offset = REGISTERS[context.facts.arch].args[expr.index];
      if (offset !== undefined) return number({ op: "regs", offset });
      break;
    }
    case "payload":
      return { shape: "bytes", bytes: { op: "payload", size: expr.size } };
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
  const { field } = expr;
  if (field.read.from === "runtime" || field.read.from === "either") {
    return fail("PWQ1262", `\`${field.name}\` cannot be tested in the kernel`, expr, context, [
      "it is made later, from what was captured: it can be shown",
    ]);
  }
  return (
    lowerRead(field.read, field.type, context.facts) ??
    fail("PWQ1261", `\`${field.name}\` cannot be read on this kernel`, expr, context, [
      "its structure has none of the members this field is read from, or the module that defines it is not loaded",
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

/** The expression's text, for a message. */
function describe(expr: TExpr): string {
  return expr.kind === "field" ? expr.field.name : expr.kind === "raw" ? expr.text : expr.kind;
}

function fail(
  code: Code,
  message: string,
  expr: TExpr,
  context: LowerContext,
  help?: readonly string[],
): never {
  throw new PwqError([
    {
      code,
      severity: "error",
      message,
      at: { source: context.source, span: expr.span },
      ...(help ? { help } : {}),
    },
  ]);
}
