import type { Match } from "../../../../grammar/ast.ts";
import type { TExpr } from "../../typed.ts";
import { bool } from "../../types.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { fold, isConstant } from "./fold.ts";
import { operand } from "./operand.ts";

/** `x ~ "glob"`, `x matches "regex"`. */
export function match(node: Match, ctx: Context): TExpr | undefined {
  const value = operand(node.value, ctx);
  const pattern = patternOf(node, ctx);
  if (!value || pattern === undefined) return undefined;
  const { type } = value;
  // A kernel address is matched by the name of the function it lies in.
  const text =
    type.kind === "string" || type.kind === "unknown" || (type.kind === "int" && type.unit === "pointer");
  if (!text) {
    return ctx.world.report.error(
      "PWQ1118",
      placeOf(ctx, node.value),
      `\`${textOf(ctx, node.value)}\` is not text`,
      {
        label: `it is ${describe(type)}${type.kind === "ip" ? "; use `in` with a network" : ""}`,
      },
    );
  }
  const how = node.op === "~" ? "glob" : "regex";
  return { kind: "match", how, value, pattern, type: bool, span: spanOf(ctx, node) };
}

function patternOf(node: Match, from: Context): string | undefined {
  const { node: pattern, ctx } = behind(node.pattern, from);
  const { report } = ctx.world;
  const at = placeOf(ctx, pattern);
  if (pattern.kind !== "String") {
    const text = textOf(ctx, pattern);
    const constant = isConstant(pattern, ctx);
    // A def or parameter with an error of its own has said so.
    if (constant && pattern.kind !== "Name" && !fold(pattern, ctx, undefined)) return undefined;
    return constant
      ? report.error("PWQ1118", at, "a pattern is a text", { label: `in quotes: \`"${text}"\`` })
      : report.error("PWQ1115", at, "a pattern is a constant text", {
          label: "this is known only when a packet is seen",
        });
  }
  const problem = node.op === "matches" ? regexProblem(pattern.value) : undefined;
  if (problem === undefined) return pattern.value;
  return report.error("PWQ1117", at, `\`${pattern.value}\` is not a pattern`, { label: problem });
}

/** Features for which a text must be gone through more than once. */
const BACKTRACKING = /\\[1-9]|\\k<|\(\?<?[=!]/;

function regexProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
  } catch (error) {
    // "Invalid regular expression: /ng(/: Unterminated group"
    return (error as SyntaxError).message.split(": ").at(-1)!.toLowerCase();
  }
  return BACKTRACKING.test(pattern) ? "back references and look-around cannot be used" : undefined;
}
