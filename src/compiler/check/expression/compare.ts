import type { Compare, CompareOp, Expr } from "../../../../grammar/ast.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { TCompare, TConst, TExpr } from "../../typed.ts";
import { bool, type Type } from "../../types.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { constantOf, limits } from "./fit.ts";
import { fold, isConstant } from "./fold.ts";
import { ownType } from "./folded.ts";
import { eitherEnd, expectedBeside, operand, significantBits } from "./operand.ts";

const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** A comparison; a constant comes to stand on the right. */
export function comparison(node: Compare, ctx: Context): TExpr | undefined {
  const leftConstant = isConstant(node.left, ctx);
  const rightConstant = isConstant(node.right, ctx);
  if (leftConstant && rightConstant) return comparedConstants(node, ctx);
  if (leftConstant) return withConstant(node, node.right, MIRRORED[node.op], node.left, ctx);
  if (rightConstant) return withConstant(node, node.left, node.op, node.right, ctx);
  return comparedValues(node, ctx);
}

function withConstant(
  node: Compare,
  valueNode: Expr,
  op: CompareOp,
  constantNode: Expr,
  ctx: Context,
): TExpr | undefined {
  const value = operand(valueNode, ctx);
  if (!value) return undefined;
  if (isSet(constantNode, ctx)) return setCompared(valueNode, op, constantNode, ctx);
  if (value.kind === "present" && behind(constantNode, ctx).node.kind !== "Bool") {
    return protocolCompared(value.layer, valueNode, ctx);
  }
  const constant = constantOf(constantNode, ctx, expectedBeside(value, valueNode, ctx));
  if (!constant || !ordered(node, op, value.type, ctx)) return undefined;
  if (constantNode.kind !== "ParamRef") constantResult(node, value, op, constant, ctx);
  return eitherEnd(value, op === "!=", node, ctx, (end) => compared(node, end, op, constant, ctx));
}

function compared(node: Compare, left: TExpr, op: CompareOp, right: TExpr, ctx: Context): TCompare {
  const made: TCompare = { kind: "compare", op, left, right, type: bool, span: spanOf(ctx, node) };
  ctx.world.written.set(made, placeOf(ctx, node));
  return made;
}

const isSet = (node: Expr, ctx: Context): boolean =>
  ["Set", "Range", "Cidr"].includes(behind(node, ctx).node.kind);

function setCompared(value: Expr, op: CompareOp, set: Expr, ctx: Context): undefined {
  const word = op === "!=" ? "not in" : "in";
  return ctx.world.report.error("PWQ1112", placeOf(ctx, set), `\`${textOf(ctx, set)}\` is not one value`, {
    label: `use \`in\`: \`${textOf(ctx, value)} ${word} ${textOf(ctx, set)}\``,
  });
}

const PROTOCOL_VALUES: Readonly<Record<string, string>> = {
  tcp: "`tcp.port` is its port, `ip.proto` the protocol's number",
  udp: "`udp.port` is its port, `ip.proto` the protocol's number",
  sctp: "`sctp.port` is its port, `ip.proto` the protocol's number",
  ip: "`ip.addr` is an address of it, `protocol` the Ethernet type",
  ip4: "`ip4.addr` is an address of it, `protocol` the Ethernet type",
  ip6: "`ip6.addr` is an address of it, `protocol` the Ethernet type",
  vlan: "`vlan.id` is its number",
  icmp: "`icmp.type` is its type",
  icmp6: "`icmp6.type` is its type",
  esp: "`esp.spi` is its number",
  gre: "`gre.key` is its key",
};

/** `ip.proto == tcp` means TCP. */
function protocolCompared(layer: string, node: Expr, ctx: Context, other?: TExpr): undefined {
  const names = other?.type.kind === "int" ? other.type.names : undefined;
  const meant = names && suggest(layer, names.values.keys());
  if (meant !== undefined) {
    return ctx.world.report.error(
      "PWQ1103",
      placeOf(ctx, node),
      `\`${layer}\` is a condition, not a number`,
      {
        label: `did you mean \`${meant}\`?`,
      },
    );
  }
  return ctx.world.report.error("PWQ1130", placeOf(ctx, node), `\`${layer}\` is a condition, not a value`, {
    label: PROTOCOL_VALUES[layer],
  });
}

/** Only numbers have an order. */
function ordered(node: Compare, op: CompareOp, type: Type, ctx: Context): boolean {
  if (op === "==" || op === "!=" || type.kind === "int" || type.kind === "unknown") return true;
  const at = { source: placeOf(ctx, node).source, span: ctx.site?.span ?? node.opSpan };
  ctx.world.report.error("PWQ1113", at, `\`${op}\` compares numbers, and this is ${describe(type)}`, {
    label:
      type.kind === "ip" ? "a range of addresses is written with `in`: `in 10.0.0.1..10.0.0.9`" : undefined,
  });
  return false;
}

/** Warns where the type alone decides. */
function constantResult(node: Compare, value: TExpr, op: CompareOp, constant: TConst, ctx: Context): void {
  const { type } = value;
  if (type.kind !== "int" || constant.type.kind !== "int" || typeof constant.value !== "bigint") return;
  const { low, high } = limits(type, significantBits(value));
  const always =
    (op === ">=" && constant.value <= low) || (op === "<=" && constant.value >= high)
      ? "true"
      : (op === "<" && constant.value <= low) || (op === ">" && constant.value >= high)
        ? "false"
        : undefined;
  if (always === undefined) return;
  ctx.world.report.warn("PWQ1163", placeOf(ctx, node), `\`${textOf(ctx, node)}\` is always ${always}`, {
    label: `the value is from ${low} to ${high}`,
  });
}

function comparedConstants(node: Compare, ctx: Context): TExpr | undefined {
  const left = fold(node.left, ctx, undefined);
  if (!left || left.kind === "unknown") return undefined;
  const right = constantOf(node.right, ctx, {
    type: ownType(left),
    what: textOf(ctx, node.left),
    anyUnit: true,
  });
  if (!right || !ordered(node, node.op, ownType(left), ctx)) return undefined;
  const value = decide(node.op, left.value, right.value);
  // A parameter is another value tomorrow: `$port == 0 or tcp.port == $port` is how "any port" is written.
  if (node.left.kind !== "ParamRef" && node.right.kind !== "ParamRef")
    ctx.world.report.warn("PWQ1163", placeOf(ctx, node), `\`${textOf(ctx, node)}\` is always ${value}`, {
      label: "both sides are constants",
    });
  return { kind: "const", value, type: bool, span: spanOf(ctx, node) };
}

function decide(op: CompareOp, a: bigint | boolean | string, b: bigint | boolean | string): boolean {
  switch (op) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function comparedValues(node: Compare, ctx: Context): TExpr | undefined {
  const left = operand(node.left, ctx);
  const right = operand(node.right, ctx);
  if (!left || !right) return undefined;
  if (right.kind === "present") return protocolCompared(right.layer, node.right, ctx, left);
  if (left.kind === "present") return protocolCompared(left.layer, node.left, ctx, right);
  if (!alike(left, right)) {
    return ctx.world.report.error("PWQ1107", placeOf(ctx, node), "the two sides are of unlike types", {
      label: `${describe(left.type)} on the left, ${describe(right.type)} on the right`,
    });
  }
  if (left.type.kind === "ip" && right.type.kind === "ip" && differ(left.type.version, right.type.version)) {
    return ctx.world.report.error("PWQ1114", placeOf(ctx, node), "the two sides are of different families", {
      label: `${describe(left.type)} on the left, ${describe(right.type)} on the right`,
    });
  }
  if (!ordered(node, node.op, left.type, ctx)) return undefined;
  const all = node.op === "!=";
  return eitherEnd(left, all, node, ctx, (a) =>
    eitherEnd(right, all, node, ctx, (b) => compared(node, a, node.op, b, ctx)),
  );
}

const differ = (a: 4 | 6 | undefined, b: 4 | 6 | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

/** Numbers go together if their units do; the kernel's own members, which have none, go with any. */
function alike(left: TExpr, right: TExpr): boolean {
  const [a, b] = [left.type, right.type];
  if (a.kind === "unknown" || b.kind === "unknown") return true;
  if (a.kind !== "int" || b.kind !== "int") return a.kind === b.kind;
  if (a.unit === b.unit || [left.kind, right.kind].some((kind) => kind === "raw" || kind === "arg"))
    return true;
  const timed = (unit: typeof a.unit) => unit === "duration" || unit === "time";
  return (a.unit === undefined && !timed(b.unit)) || (b.unit === undefined && !timed(a.unit));
}
