import { POINT_KIND } from "../layout.ts";
import { TESTS } from "../plan/programs.ts";
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

/** `key` is the same for the same test. */
export interface NameTest {
  readonly key: string;
  readonly passes: (name: string) => boolean;
}

export function pointTest(
  what: "func" | "module",
  test: NameTest,
  wanted: boolean,
  expr: TExpr,
  context: LowerContext,
): Cond {
  const { points } = context;
  const numbers = points.flatMap((point, i) => {
    if (point.kind === "drop" || point.kind === "program") return [];
    const name = what === "func" ? point.name : point.module;
    return name !== undefined && test.passes(name) === wanted ? [i] : [];
  });
  const here = atPoints([
    ...single(numbers),
    ...(what === "func" ? programs(test, wanted, expr, context) : []),
  ]);
  if (what === "module" || !points.some((p) => p.kind === "drop")) return here;
  // The function of a drop is the one its location lies in.
  const location = inRanges(
    [{ op: "event", member: "location" }],
    64,
    symbolRanges(test.passes, expr, context),
    !wanted,
  );
  const notDrop = cmp("!=", { op: "event", member: "kind" }, constant(POINT_KIND.drop));
  return or(and(notDrop, here), and(atDrop, location));
}

/** True at the points of these numbers. */
export const isPoint = (numbers: readonly number[]): Cond => atPoints(single(numbers));

type Ranges = readonly { readonly low: bigint; readonly high: bigint }[];

const single = (numbers: readonly number[]): Ranges =>
  numbers.map((n) => ({ low: BigInt(n), high: BigInt(n) }));

const atPoints = (ranges: Ranges): Cond =>
  inRanges([{ op: "event", member: "point" }], 64, merge(ranges), false);

/** The points of BPF programs whose names will pass. */
function programs({ key, passes }: NameTest, wanted: boolean, expr: TExpr, context: LowerContext): Ranges {
  const found = context.programs.where(key, passes, wanted);
  if (found) return found.map(([low, high]) => ({ low: BigInt(low), high: BigInt(high) }));
  return fail("PWQ1275", "too many conditions on the names of BPF programs", expr, context, [
    `a file may have ${TESTS}; join names in one: \`func in {…}\``,
  ]);
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
