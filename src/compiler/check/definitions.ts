import { type Context, definitionOf, type World } from "./expression/context.ts";
import { definitionValue } from "./expression/expression.ts";
import { isConstant } from "./expression/fold.ts";
import { unknownName } from "./expression/names.ts";
import { unknownParameter } from "./expression/param-ref.ts";
import { isTooLong } from "./length.ts";
import type { Place } from "./report.ts";
import type { Definition } from "./scope.ts";
import { everyNode } from "./walk.ts";

/** Defs through which a def may go; each is a level of the expression it stands for. */
const MAX_NESTING = 64;

/** Checks every def where it was written, used or not; adds to `unusable` those that mean nothing. */
export function checkDefinitions(
  definitions: readonly Definition[],
  unusable: Set<Definition>,
  world: World,
): void {
  const levels = new Map<Definition, number>();
  for (const definition of definitions) levelOf(definition, [], levels, unusable, world);
  // Those that others are made of come first, so that the one that is wrong is named and not all above it.
  const inOrder = definitions.toSorted((a, b) => (levels.get(a) ?? 0) - (levels.get(b) ?? 0));
  for (const definition of inOrder) {
    if (unusable.has(definition)) continue;
    const ctx: Context = { world, scope: definition.scope };
    if (!isConstant(definition.statement.value, ctx)) {
      const typed = definitionValue(definition, world);
      if (typed && isTooLong(typed, placeOfName(definition), world)) unusable.add(definition);
    } else if (!hasMeaning(definition, ctx)) unusable.add(definition);
  }
}

const placeOfName = ({ scope, statement }: Definition): Place => ({
  source: scope.source,
  span: statement.name.span,
});

/** How many defs deep a def goes, itself included. A circle, or too deep a nest, is reported and becomes unusable. */
function levelOf(
  definition: Definition,
  way: readonly Definition[],
  levels: Map<Definition, number>,
  unusable: Set<Definition>,
  world: World,
): number {
  const known = unusable.has(definition) ? 0 : levels.get(definition);
  if (known !== undefined) return known;
  const start = way.indexOf(definition);
  if (start !== -1) {
    const circle = way.slice(start);
    for (const each of circle) unusable.add(each);
    const names = [...circle, definition].map((each) => `\`${each.statement.name.text}\``);
    world.report.error("PWQ1129", placeOfName(definition), `${names[0]} is defined in terms of itself`, {
      label: names.join(" -> "),
    });
    return 0;
  }
  const here = [...way, definition];
  const ctx: Context = { world, scope: definition.scope };
  let level = 1;
  if (here.length <= MAX_NESTING) {
    for (const node of everyNode(definition.statement.value)) {
      const next = definitionOf(node, ctx);
      if (next) level = Math.max(level, 1 + levelOf(next, here, levels, unusable, world));
    }
  } else level = here.length;
  if (level > MAX_NESTING && !unusable.has(definition)) {
    unusable.add(definition);
    world.report.error("PWQ1019", placeOfName(definition), "definitions are nested too deep", {
      label: `at most ${MAX_NESTING} levels`,
    });
    return 0;
  }
  levels.set(definition, level);
  return level;
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
