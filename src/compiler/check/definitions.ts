import { type Context, definitionOf } from "./expression/context.ts";
import { definitionValue } from "./expression/expression.ts";
import { isConstant } from "./expression/fold.ts";
import { unknownName } from "./expression/names.ts";
import { unknownParameter } from "./expression/param-ref.ts";
import type { Definition } from "./scope.ts";
import { everyNode } from "./walk.ts";

/** Checks every def where it was written, used or not; adds to `unusable` those that mean nothing. */
export function checkDefinitions(
  definitions: readonly Definition[],
  unusable: Set<Definition>,
  world: Context["world"],
): void {
  for (const definition of definitions) findCircle(definition, [], unusable, world);
  for (const definition of definitions) {
    if (unusable.has(definition)) continue;
    const ctx: Context = { world, scope: definition.scope };
    if (!isConstant(definition.statement.value, ctx)) definitionValue(definition, world);
    else if (!hasMeaning(definition, ctx)) unusable.add(definition);
  }
}

function findCircle(
  definition: Definition,
  way: readonly Definition[],
  unusable: Set<Definition>,
  world: Context["world"],
): void {
  if (unusable.has(definition)) return;
  const start = way.indexOf(definition);
  if (start !== -1) {
    const circle = way.slice(start);
    for (const each of circle) unusable.add(each);
    const names = [...circle, definition].map((each) => `\`${each.statement.name.text}\``);
    const at = { source: definition.scope.source, span: definition.statement.name.span };
    world.report.error("PWQ1129", at, `${names[0]} is defined in terms of itself`, {
      label: names.join(" -> "),
    });
    return;
  }
  const ctx: Context = { world, scope: definition.scope };
  for (const node of everyNode(definition.statement.value)) {
    const next = definitionOf(node, ctx);
    if (next) findCircle(next, [...way, definition], unusable, world);
  }
}

/**
 * A constant gets its type where it is used, so that `def lost = NETFILTER_DROP` can be written. Its names may be
 * enumerators, which are upper case in the kernel and here; nothing else has no meaning until then.
 */
function hasMeaning(definition: Definition, ctx: Context): boolean {
  let meaning = true;
  for (const node of everyNode(definition.statement.value)) {
    const next = definitionOf(node, ctx);
    if (next) meaning &&= !ctx.world.unusable.has(next);
    else if (node.kind === "Name" && !/^[A-Z]/.test(node.name)) {
      unknownName(node, ctx);
      meaning = false;
    } else if (node.kind === "ParamRef" && !ctx.scope.params.has(node.name)) {
      unknownParameter(node, ctx);
      meaning = false;
    }
  }
  return meaning;
}
