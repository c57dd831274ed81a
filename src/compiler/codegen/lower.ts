import type { CompareOp } from "../../../grammar/ast.ts";
import { VIEW_HAS } from "../layout.ts";
import { textMatcher } from "../text-match.ts";
import type { ConstSet, PresenceName, TCompare, TExpr, TIn, TMatch } from "../typed.ts";
import { and, type Cond, constant, FALSE, or, TRUE, type Value } from "./ir.ts";
import { fail, type LowerContext } from "./lower-context.ts";
import { ofInner } from "./lower-inner.ts";
import { pointNameOf, pointTest, symbolRanges } from "./lower-points.ts";
import { cmp, inRanges, there } from "./lower-ranges.ts";
import { atDrop } from "./lower-read.ts";
import { bytesOf, type Ip, ipOf, isSigned, numberOf } from "./lower-value.ts";
import { pastCondition } from "./past-values.ts";

/**
 * From checked expressions to conditions on kernel memory. Three-valued logic is dissolved here: an expression is asked
 * whether it is surely true or surely false, and a leaf whose field is absent is neither. Since `and` and `or` keep
 * that order, nothing is lost, and no code is ever needed for "unknown".
 */

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
      return expr.inner ? ofInner(presence(expr.layer, truth)) : presence(expr.layer, truth);
    case "compare":
      return compare(expr, truth, context);
    case "in":
      return membership(expr, truth, context);
    case "match":
      return match(expr, truth, context);
    case "past":
      return pastCondition(context.past.get(expr)!, truth);
    case "has": {
      const value = numberOf(expr.value, context);
      const masked: Value = { op: "alu", alu: "&", signed: false, left: value, right: constant(expr.mask) };
      return cmp(truth ? "==" : "!=", masked, constant(expr.mask));
    }
    default:
      return cmp(truth ? "!=" : "==", numberOf(expr, context), constant(0));
  }
}

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
    case "drop":
      return { ...atDrop, cmp: truth ? "==" : "!=" };
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
  if (pointName)
    return pointTest(
      pointName,
      { key: `== ${wanted}`, passes: (name) => name === wanted },
      op === "==",
      field,
      context,
    );
  return {
    op: "text",
    negated: op === "!=",
    source: bytesOf(field, context),
    test: { kind: "equals", text: wanted },
  };
}

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

function textMembership(value: TExpr, set: ConstSet, negated: boolean, context: LowerContext): Cond {
  const pointName = pointNameOf(value);
  if (pointName) {
    const names = new Set(set.strings);
    const test = { key: `in ${JSON.stringify([...names])}`, passes: (name: string) => names.has(name) };
    return pointTest(pointName, test, !negated, value, context);
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
    const { how, pattern } = expr;
    const test = { key: `${how} ${pattern}`, passes: textMatcher(how, pattern) };
    return pointTest(pointName, test, truth, expr, context);
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
