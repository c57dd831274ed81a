import { POINT_KIND } from "../layout.ts";
import type { ConstSet, TExpr } from "../typed.ts";
import { and, type Cond, constant, or } from "./ir.ts";
import { fail, type LowerContext } from "./lower-context.ts";
import { cmp, inRanges } from "./lower-ranges.ts";
import { atDrop } from "./lower-read.ts";

/** Tests of the names of functions: sets of point numbers, and where a drop is, address ranges. */

/** `func` and `module` are known when points are planned: a test of them is a set of point numbers. */
export const pointNameOf = (expr: TExpr): "func" | "module" | undefined =>
  expr.kind === "field" &&
  expr.field.read.from === "event" &&
  (expr.field.read.what === "func" || expr.field.read.what === "module")
    ? expr.field.read.what
    : undefined;

export function pointTest(
  what: "func" | "module",
  test: (name: string) => boolean,
  wanted: boolean,
  expr: TExpr,
  context: LowerContext,
): Cond {
  const { points } = context;
  const numbers = points.flatMap((point, i) => {
    if (point.kind === "drop") return [];
    const name = what === "func" ? point.name : point.module;
    return name !== undefined && test(name) === wanted ? [i] : [];
  });
  const here = isPoint(numbers);
  if (what === "module" || !points.some((p) => p.kind === "drop")) return here;
  // The function of a drop is the one its location lies in.
  const location = inRanges(
    [{ op: "event", member: "location" }],
    64,
    symbolRanges(test, expr, context),
    !wanted,
  );
  const notDrop = cmp("!=", { op: "event", member: "kind" }, constant(POINT_KIND.drop));
  return or(and(notDrop, here), and(atDrop, location));
}

/** True at the points of these numbers. */
export function isPoint(numbers: readonly number[]): Cond {
  const ranges = numbers.map((n) => ({ low: BigInt(n), high: BigInt(n) }));
  return inRanges([{ op: "event", member: "point" }], 64, merge(ranges), false);
}

/** Where the code of all functions lies whose names pass the test. */
export function symbolRanges(
  test: (name: string) => boolean,
  expr: TExpr,
  context: LowerContext,
): ConstSet["ranges"] {
  const symbols = context.facts.symbols();
  if (!symbols) {
    return fail(
      "PWQ1262",
      "a function's name cannot be tested where the kernel hides its symbols",
      expr,
      context,
      ["run as root, or set kernel.kptr_restrict to 0 or 1"],
    );
  }
  const ranges = symbols.select(test).flatMap((name) => symbols.ranges(name));
  return merge(ranges.map(({ start, end }) => ({ low: start, high: end - 1n })));
}

/** Sorts and joins ranges that touch. */
function merge(ranges: readonly { low: bigint; high: bigint }[]): ConstSet["ranges"] {
  const out: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of [...ranges].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = out.at(-1);
    if (last && low <= last.high + 1n) {
      if (high > last.high) last.high = high;
    } else out.push({ low, high });
  }
  return out;
}
