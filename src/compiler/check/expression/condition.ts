import type { Expr } from "../../../../grammar/ast.ts";
import type { TExpr } from "../../typed.ts";
import { type Context, placeOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { expression } from "./expression.ts";

/** An expression that is true, false or unknown. */
export function condition(node: Expr, ctx: Context): TExpr | undefined {
  const typed = expression(node, ctx);
  if (!typed || typed.type.kind === "bool" || typed.type.kind === "unknown") return typed;
  const text = textOf(ctx, node);
  return ctx.world.report.error("PWQ1110", placeOf(ctx, node), `\`${text}\` is not a condition`, {
    label: `it is ${describe(typed.type)}${example(typed, text)}`,
  });
}

function example(typed: TExpr, text: string): string {
  if (typed.kind === "const") return "";
  switch (typed.type.kind) {
    case "int":
      return typed.type.names?.flags
        ? `; test it: \`${text} != 0\`, or \`has\``
        : `; test it: \`${text} != 0\``;
    case "string":
      return `; compare it: \`${text} == "…"\``;
    case "ip":
      return `; compare it: \`${text} == 10.0.0.1\`, or \`in\``;
    default:
      return "";
  }
}
