import { didYouMean } from "../diagnostics/suggest.ts";
import type { TExpr } from "../typed.ts";
import type { World } from "./expression/context.ts";

/**
 * Warns where `iface` is compared with a name that no interface has now: a misspelt one would only never match.
 * No error, since an interface may come later.
 */
export function warnInterface(condition: TExpr, world: World): void {
  const known = world.facts?.interfaceNames();
  if (known) visit(condition, new Set(known), world);
}

function visit(expr: TExpr, known: ReadonlySet<string>, world: World): void {
  switch (expr.kind) {
    case "not":
      visit(expr.operand, known, world);
      return;
    case "logic":
      visit(expr.left, known, world);
      visit(expr.right, known, world);
      return;
    case "compare":
      if (isInterface(expr.left) && expr.right.kind === "const") warn(expr, [expr.right.value], known, world);
      return;
    case "in":
      if (isInterface(expr.value)) warn(expr, expr.set.strings, known, world);
      return;
    default:
      return;
  }
}

const isInterface = (expr: TExpr): boolean => expr.kind === "field" && expr.field.name === "iface";

function warn(test: TExpr, names: readonly unknown[], known: ReadonlySet<string>, world: World): void {
  const place = world.written.get(test);
  if (!place) return;
  for (const name of names) {
    if (typeof name !== "string" || known.has(name)) continue;
    world.report.warn("PWQ1164", place, `there is no interface \`${name}\` now`, {
      label: didYouMean(name, known) ?? "packets match when there is one",
    });
  }
}
