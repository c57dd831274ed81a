import { didYouMean } from "../diagnostics/suggest.ts";
import type { TExpr } from "../typed.ts";
import type { World } from "./expression/context.ts";

/**
 * Warns where `iface` is compared with a name that no interface has now: a misspelt one would only never match.
 * No error, since an interface may come later.
 */
export function warnInterface(condition: TExpr, world: World): void {
  switch (condition.kind) {
    case "not":
      warnInterface(condition.operand, world);
      return;
    case "logic":
      warnInterface(condition.left, world);
      warnInterface(condition.right, world);
      return;
    case "compare":
      if (isInterface(condition.left) && condition.right.kind === "const")
        warn(condition, [condition.right.value], world);
      return;
    case "in":
      if (isInterface(condition.value)) warn(condition, condition.set.strings, world);
      return;
    default:
      return;
  }
}

const isInterface = (expr: TExpr): boolean => expr.kind === "field" && expr.field.name === "iface";

function warn(test: TExpr, names: readonly unknown[], world: World): void {
  const place = world.written.get(test);
  // To list them takes a look at every process.
  const interfaces = place && world.facts?.interfaceNames();
  if (!interfaces) return;
  const known = new Set(interfaces);
  for (const name of names) {
    if (typeof name !== "string" || known.has(name)) continue;
    world.report.warn("PWQ1164", place, `there is no interface \`${name}\` now`, {
      label: didYouMean(name, known) ?? "packets match when there is one",
    });
  }
}
