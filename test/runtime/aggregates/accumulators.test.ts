import { describe, expect, test } from "vitest";
import type { AggregateName } from "../../../src/compiler/aggregates.ts";
import type { AggregateItem } from "../../../src/compiler/typed.ts";
import { u64 } from "../../../src/compiler/types.ts";
import { ACCUMULATORS, MOST_VALUES } from "../../../src/runtime/aggregates/accumulators.ts";
import { Random } from "../../random.ts";

function of(fn: AggregateName, values: readonly number[], range?: AggregateItem["range"]) {
  let full = 0;
  const item = { name: fn, fn, type: u64, ...(range && { range }) };
  const accumulator = ACCUMULATORS[fn](item, () => full++);
  for (const value of values) accumulator.add(value, String(value));
  return { result: accumulator.result(), full };
}

describe("aggregates of numbers", () => {
  const values = [5, 3, 3, 9, -2];
  test.each([
    ["count", 5],
    ["sum", 18],
    ["avg", 3.6],
    ["min", -2],
    ["max", 9],
    ["p50", 3],
    ["p90", 9],
    ["p99", 9],
    ["uniq", 4],
  ] as const)("%s", (fn, result) => {
    expect(of(fn, values).result).toBeCloseTo(result, 10);
  });

  test.each(["sum", "avg", "min", "max", "p50"] as const)("%s of nothing is absent", (fn) => {
    expect(of(fn, []).result).toBeUndefined();
  });

  test("percentiles are at most a hundredth off", () => {
    const random = new Random(5);
    const many = Array.from({ length: 20_000 }, () => 2 ** (random.bits() / 2 ** 27));
    const sorted = [...many].sort((a, b) => a - b);
    for (const [fn, part] of [
      ["p50", 0.5],
      ["p90", 0.9],
      ["p99", 0.99],
    ] as const) {
      const exact = sorted[Math.ceil(part * many.length) - 1]!;
      expect(Math.abs((of(fn, many).result as number) / exact - 1), fn).toBeLessThan(0.01);
    }
  });

  test("uniq keeps so many, and says of how many it does not know", () => {
    const { result, full } = of(
      "uniq",
      Array.from({ length: MOST_VALUES + 3 }, (_, i) => i),
    );
    expect([result, full]).toEqual([MOST_VALUES, 3]);
  });
});

describe("histograms", () => {
  test("by powers of two, on both sides of zero", () => {
    expect(of("hist", [0, 1, 2, 3, 4, 7, 8, -1, -2, -3]).result).toEqual([
      { from: -3, to: -1, count: 2 },
      { from: -1, to: 0, count: 1 },
      { from: 0, to: 1, count: 1 },
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 4, count: 2 },
      { from: 4, to: 8, count: 2 },
      { from: 8, to: 16, count: 1 },
    ]);
  });

  test("by equal steps, with what is outside", () => {
    expect(of("lhist", [5, 10, 14, 15, 24, 25, 99], { low: 10, high: 25, step: 10 }).result).toEqual([
      { to: 10, count: 1 },
      { from: 10, to: 20, count: 3 },
      { from: 20, to: 25, count: 1 },
      { from: 25, count: 2 },
    ]);
  });
});
