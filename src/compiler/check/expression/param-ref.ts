import type { ParamRef } from "../../../../grammar/ast.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import { type Context, placeOf } from "./context.ts";

/** `$name` without a value: not declared, or declared and without one, which is reported at the declaration. */
export function unknownParameter(node: ParamRef, ctx: Context): undefined {
  const { params } = ctx.scope;
  if (params.has(node.name)) return undefined;
  const known = [...params.keys()].map((name) => `$${name}`);
  const missing = `declare it: \`param ${node.name}: int\``;
  return ctx.world.report.error("PWQ1101", placeOf(ctx, node), `unknown parameter \`$${node.name}\``, {
    label: didYouMean(`$${node.name}`, known) ?? missing,
  });
}
