import type { AggregateName } from "../../compiler/aggregates.ts";
import type { AggregateItem } from "../../compiler/typed.ts";

/** What has been made of the values so far. */
export interface Accumulator {
  /** A value that is there; of `count`, once for each event. */
  add(value: number, key: string): void;
  /** Undefined: of no value. */
  result(): Result | undefined;
}

export type Result = number | readonly Bucket[];

/** So many values were from `from` up to, but not including, `to`; either is absent where there is no bound. */
export interface Bucket {
  readonly from?: number;
  readonly to?: number;
  readonly count: number;
}

/** Different values that `uniq` keeps; more are not told apart, and counted. */
export const MOST_VALUES = 100_000;

export const ACCUMULATORS: Readonly<
  Record<AggregateName, (item: AggregateItem, full: () => void) => Accumulator>
> = {
  count: () => {
    let count = 0;
    return {
      add: () => {
        count++;
      },
      result: () => count,
    };
  },
  sum: () => folded((sum, value) => sum + value),
  min: () => folded(Math.min),
  max: () => folded(Math.max),
  avg: () => {
    let count = 0;
    let mean = 0;
    return {
      // The running mean, which does not grow with the number of values as a sum does.
      add: (value) => {
        mean += (value - mean) / ++count;
      },
      result: () => (count === 0 ? undefined : mean),
    };
  },
  p50: () => percentile(0.5),
  p90: () => percentile(0.9),
  p99: () => percentile(0.99),
  hist: () => powersOfTwo(),
  lhist: ({ range }) => linear(range!),
  uniq: (_, full) => {
    const seen = new Set<string>();
    return {
      add(_value, key) {
        if (seen.has(key)) return;
        if (seen.size < MOST_VALUES) seen.add(key);
        else full();
      },
      result: () => seen.size,
    };
  },
};

function folded(fold: (a: number, b: number) => number): Accumulator {
  let result: number | undefined;
  return {
    add(value) {
      result = result === undefined ? value : fold(result, value);
    },
    result: () => result,
  };
}

/** Buckets an octave: a percentile is at most 1/128 off. */
const STEPS = 64;

/** The bucket of a value: below STEPS one for each number, then STEPS for each octave. */
function bucketOf(value: number): number {
  const size = Math.abs(value);
  if (size < STEPS) return Math.trunc(value);
  const octave = Math.floor(Math.log2(size)) - Math.log2(STEPS);
  return Math.sign(value) * (octave * STEPS + Math.floor(size / 2 ** octave));
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  const size = Math.abs(bucket);
  if (size < 2 * STEPS) return bucket;
  const octave = Math.floor(size / STEPS) - 1;
  return Math.sign(bucket) * Math.floor((size - octave * STEPS + 0.5) * 2 ** octave);
}

function percentile(part: number): Accumulator {
  const buckets = new Map<number, number>();
  let count = 0;
  return {
    add(value) {
      const bucket = bucketOf(value);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      count++;
    },
    result() {
      let left = Math.ceil(part * count);
      for (const [bucket, inside] of [...buckets].sort(([a], [b]) => a - b)) {
        left -= inside;
        if (left <= 0) return middleOf(bucket);
      }
      return undefined;
    },
  };
}

/** Buckets 0, 1, 2 to 3, 4 to 7, …; below zero likewise. */
function powersOfTwo(): Accumulator {
  const counts = new Map<number, number>();
  return {
    add(value) {
      const low = value === 0 ? 0 : Math.sign(value) * 2 ** Math.floor(Math.log2(Math.abs(value)));
      counts.set(low, (counts.get(low) ?? 0) + 1);
    },
    result: () =>
      [...counts]
        .sort(([a], [b]) => a - b)
        .map(([low, count]) => {
          if (low === 0) return { from: 0, to: 1, count };
          return low > 0 ? { from: low, to: 2 * low, count } : { from: 2 * low + 1, to: low + 1, count };
        }),
  };
}

function linear({ low, high, step }: NonNullable<AggregateItem["range"]>): Accumulator {
  const counts = new Map<number, number>();
  const last = Math.ceil((high - low) / step);
  return {
    add(value) {
      const bucket = value < low ? -1 : value >= high ? last : Math.floor((value - low) / step);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    },
    result: () =>
      [...counts]
        .sort(([a], [b]) => a - b)
        .map(([bucket, count]) => ({
          ...(bucket >= 0 && { from: bucket === last ? high : low + bucket * step }),
          ...(bucket < last && { to: bucket < 0 ? low : Math.min(high, low + (bucket + 1) * step) }),
          count,
        })),
  };
}
