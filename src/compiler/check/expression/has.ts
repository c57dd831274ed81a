import type { Has } from "../../../../grammar/ast.ts";
import type { TExpr } from "../../typed.ts";
import { bool } from "../../types.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { constantOf } from "./fit.ts";
import { isConstant } from "./fold.ts";
import { eitherEnd, expectedBeside, operand } from "./operand.ts";

/** `tcp.flags has SYN|ACK`: all of these bits are set. */
export function has(node: Has, ctx: Context): TExpr | undefined {
  const value = operand(node.value, ctx);
  if (!value) return undefined;
  const { report } = ctx.world;
  const text = textOf(ctx, node.value);
  const { type } = value;
  const enumeration = type.kind === "int" && type.names !== undefined && !type.names.flags;
  if ((type.kind !== "int" && type.kind !== "unknown") || enumeration) {
    return report.error("PWQ1119", placeOf(ctx, node.value), `\`${text}\` has no flags`, {
      label: enumeration
        ? `it is one value of several: \`${text} == ${textOf(ctx, node.flags)}\``
        : `it is ${describe(type)}`,
    });
  }
  const { node: flags } = behind(node.flags, ctx);
  if (flags.kind === "Set") {
    const joined = flags.items.map((item) => textOf(ctx, item)).join("|");
    return report.error("PWQ1112", placeOf(ctx, node.flags), "flags are joined by `|`", {
      label: `write \`${text} has ${joined}\``,
    });
  }
  if (!isConstant(node.flags, ctx)) {
    return report.error(
      "PWQ1115",
      placeOf(ctx, node.flags),
      `\`${textOf(ctx, node.flags)}\` is not a constant`,
    );
  }
  const mask = constantOf(node.flags, ctx, expectedBeside(value, node.value, ctx));
  if (!mask || typeof mask.value !== "bigint") return undefined;
  const bits = mask.value;
  return eitherEnd(value, false, node, ctx, (end) => ({
    kind: "has",
    value: end,
    mask: bits,
    type: bool,
    span: spanOf(ctx, node),
  }));
}
