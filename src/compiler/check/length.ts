import type { TExpr } from "../typed.ts";
import { insideExpr } from "../typed-parts.ts";
import type { World } from "./expression/context.ts";
import type { Place } from "./report.ts";

/**
 * Parts of an expression once all defs are replaced. Far more than a verifier takes in one program, and little enough to
 * be gone through in no time: twenty defs that use the one before twice make a million.
 */
const MAX_PARTS = 10_000;

/** Reports an expression that is too long (PWQ1019). Defs are shared, so each is counted once and looked into once. */
export function isTooLong(expr: TExpr, at: Place, world: World): boolean {
  if (partsOf(expr, world.parts) <= MAX_PARTS) return false;
  world.report.error("PWQ1019", at, "this is too long once its definitions are put in", {
    label: `at most ${MAX_PARTS} parts`,
  });
  return true;
}

function partsOf(expr: TExpr, known: WeakMap<TExpr, number>): number {
  const before = known.get(expr);
  if (before !== undefined) return before;
  const parts = insideExpr(expr).reduce((sum, inner) => sum + partsOf(inner, known), 1);
  known.set(expr, parts);
  return parts;
}
