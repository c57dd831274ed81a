import type { CompiledQuery } from "../../compiler/compiled.ts";
import type { AggregateItem, Aggregation } from "../../compiler/typed.ts";
import type { Column } from "../decode/columns.ts";
import { isList } from "../format.ts";
import { ACCUMULATORS, type Accumulator, type Result } from "./accumulators.ts";

/** One group as it is printed. */
export interface Row {
  /** By key column. */
  readonly keys: readonly Key[];
  /** By aggregate; undefined: no event had the value. */
  readonly results: readonly (Result | undefined)[];
}

export interface Key {
  readonly text: string;
  readonly json: string;
}

/** Groups that are kept; the events of further ones are counted and left out. */
export const MOST_GROUPS = 65_536;

/** The aggregates of one query, over the records it is given. */
export class Groups {
  readonly aggregation: Aggregation;
  readonly columns: readonly Column[];
  readonly #groups = new Map<string, Group>();
  /** Events whose group, or whose value of `uniq`, was one too many. */
  full = 0;

  constructor({ checked }: CompiledQuery, columns: readonly Column[]) {
    this.aggregation = checked.aggregation!;
    this.columns = columns;
    // Without keys there is one group, and none of its events is an answer.
    if (this.aggregation.keys === 0) this.#groups.set("", this.#group([]));
  }

  /** The record at byte `at` of the current batch. */
  add(at: number): void {
    const keys = this.columns.slice(0, this.aggregation.keys);
    const json = keys.map((column) => column.json(at));
    const name = json.join();
    let group = this.#groups.get(name);
    if (!group) {
      if (this.#groups.size >= MOST_GROUPS) {
        this.full++;
        return;
      }
      group = this.#group(keys.map((column, i) => ({ text: column.text(at), json: json[i]! })));
      this.#groups.set(name, group);
    }
    const { items } = this.aggregation;
    for (let i = 0; i < items.length; i++) this.#put(group.made[i]!, items[i]!, at);
  }

  #group(keys: readonly Key[]): Group {
    return {
      keys,
      made: this.aggregation.items.map((item) => ACCUMULATORS[item.fn](item, () => this.full++)),
    };
  }

  #put(accumulator: Accumulator, { column: index }: AggregateItem, at: number): void {
    if (index === undefined) return accumulator.add(1, "");
    const column = this.columns[index]!;
    const value = column.read(at);
    if (value === undefined) return;
    const number = typeof value === "object" && !isList(value) ? Number.NaN : Number(value);
    accumulator.add(number, column.json(at));
  }

  get size(): number {
    return this.#groups.size;
  }

  /** The largest by the first aggregate, as many as `top` says. */
  rows(): readonly Row[] {
    const rows = [...this.#groups.values()].map(
      ({ keys, made }): Row => ({ keys, results: made.map((one) => one.result()) }),
    );
    rows.sort((a, b) => weight(b.results[0]) - weight(a.results[0]));
    return rows.slice(0, this.aggregation.top);
  }
}

interface Group {
  readonly keys: readonly Key[];
  readonly made: readonly Accumulator[];
}

/** A histogram weighs as much as it has values. */
function weight(result: Result | undefined): number {
  if (result === undefined) return Number.NEGATIVE_INFINITY;
  return typeof result === "number" ? result : result.reduce((sum, { count }) => sum + count, 0);
}
