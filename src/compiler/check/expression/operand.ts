import type { Expr } from "../../../../grammar/ast.ts";
import { FIELDS } from "../../fields/table.ts";
import type { TExpr } from "../../typed.ts";
import { bool } from "../../types.ts";
import { type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { expression } from "./expression.ts";
import { fieldValue } from "./field.ts";
import type { Expected } from "./folded.ts";

/** What can be tested of a drop instead of its explanation. */
const OF_DROPS: readonly string[] = ["drop.reason", "drop.location"];

/** One side of a test: a value of the packet that a condition can be about. */
export function operand(node: Expr, ctx: Context): TExpr | undefined {
  const value = expression(node, ctx);
  if (!value) return undefined;
  const { report } = ctx.world;
  const text = textOf(ctx, node);
  if (value.kind === "field" && value.field.read.from === "runtime") {
    const { ofDrops, read } = value.field;
    const parts = (ofDrops ? OF_DROPS : read.needs).map((name) => `\`${name}\``);
    return report.error("PWQ1120", placeOf(ctx, node), `\`${text}\` is known only after the event`, {
      label: `test ${parts.join(" or ")}`,
    });
  }
  const { kind } = value.type;
  if (kind !== "tuple" && kind !== "stack" && kind !== "dump" && kind !== "bytes") return value;
  return report.error("PWQ1125", placeOf(ctx, node), `\`${text}\` can be shown but not tested`, {
    label: kind === "tuple" ? "test `ip.addr`, `tcp.port` and so on" : `it is ${describe(value.type)}`,
  });
}

/** What a constant beside this value has to be. */
export function expectedBeside(value: TExpr, node: Expr, ctx: Context): Expected {
  return {
    type: value.type,
    what: textOf(ctx, node),
    bits: significantBits(value),
    netns: value.kind === "field" && value.field.name === "netns",
    anyUnit: value.kind === "raw" || value.kind === "arg",
    open: value.kind === "field" && value.field.btfEnum !== undefined && ctx.world.facts === undefined,
  };
}

/** Of a number narrower than its type. */
export function significantBits(value: TExpr): number | undefined {
  if (value.kind === "raw" && value.path?.value.kind === "scalar") return value.path.value.bits?.width;
  if (value.kind !== "field") return undefined;
  const { expansion, field } = value;
  const mask = expansion?.kind === "arithmetic" && expansion.op === "&" ? expansion.right : undefined;
  if (mask?.kind === "const" && typeof mask.value === "bigint") return mask.value.toString(2).length;
  const plain = field.read.from === "header" && field.read.add === undefined;
  return plain ? field.read.mask?.toString(2).length : undefined;
}

/**
 * A test of `ip.addr` or `tcp.port` is one of either end: `all`, if what is asked is that none is (`!=`, `not in`).
 * Any other value is tested as it is.
 */
export function eitherEnd(
  value: TExpr,
  all: boolean,
  node: Expr,
  ctx: Context,
  test: (value: TExpr) => TExpr | undefined,
): TExpr | undefined {
  if (value.kind !== "field" || value.field.read.from !== "either") return test(value);
  const [a, b] = value.field.read.fields.map((name) => FIELDS.get(name)!);
  const left = test(fieldValue(a!, value.span, ctx.world));
  const right = test(fieldValue(b!, value.span, ctx.world));
  if (!left || !right) return undefined;
  return { kind: "logic", op: all ? "and" : "or", left, right, type: bool, span: spanOf(ctx, node) };
}
