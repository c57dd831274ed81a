/** What `show` can make of many events. */
export interface Aggregate {
  /** How it is called, for labels. */
  readonly usage: string;
  /** What it is made of: events themselves, numbers, or values of any type. */
  readonly of: "events" | "numbers" | "values";
  /** Constants after the value. */
  readonly constants: number;
}

const ofNumbers = (name: string): Aggregate => ({ usage: `${name}(number)`, of: "numbers", constants: 0 });

export const AGGREGATES = {
  count: { usage: "count()", of: "events", constants: 0 },
  sum: ofNumbers("sum"),
  avg: ofNumbers("avg"),
  min: ofNumbers("min"),
  max: ofNumbers("max"),
  p50: ofNumbers("p50"),
  p90: ofNumbers("p90"),
  p99: ofNumbers("p99"),
  hist: ofNumbers("hist"),
  lhist: { usage: "lhist(number, low, high, step)", of: "numbers", constants: 3 },
  uniq: { usage: "uniq(value)", of: "values", constants: 0 },
} as const satisfies Readonly<Record<string, Aggregate>>;

export type AggregateName = keyof typeof AGGREGATES;

/** `min` and `max` of one value are aggregates, of several they are not. */
export const isAggregateName = (name: string, args: number): name is AggregateName =>
  Object.hasOwn(AGGREGATES, name) && (args === 1 || (name !== "min" && name !== "max"));
