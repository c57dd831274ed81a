import { COUNTER, QUERY_COUNTER } from "../compiler/layout.ts";
import type { Cause, CutCause } from "./output/presenter.ts";

/** The kernel side's counters at one moment, summed over CPUs. */
export interface Counts {
  readonly total: Readonly<Record<(typeof COUNTER)[number], number>>;
  readonly queries: readonly Readonly<Record<(typeof QUERY_COUNTER)[number], number>>[];
}

/** Takes the values of `pwq_counters` apart; their order is that of layout.ts. */
export function readCounts(values: readonly bigint[], queries: number): Counts {
  const group = <N extends string>(names: readonly N[], from: number): Readonly<Record<N, number>> =>
    Object.fromEntries(names.map((name, i) => [name, Number(values[from + i] ?? 0n)])) as Record<N, number>;
  return {
    total: group(COUNTER, 0),
    queries: Array.from({ length: queries }, (_, query) =>
      group(QUERY_COUNTER, COUNTER.length + query * QUERY_COUNTER.length),
    ),
  };
}

export const summed = (counts: Counts, name: (typeof QUERY_COUNTER)[number]): number =>
  counts.queries.reduce((sum, query) => sum + query[name], 0);

/** Packets that `where` selected and that were let through `sample`, `rate` and `limit`. */
export const admitted = (query: Counts["queries"][number]): number =>
  query.selected - query.sampled_out - query.rate_limited - query.over_limit;

/** What only the end can tell: the entries of maps then, hits missed by the kernel, records that came here. */
export interface Final {
  readonly tracked: number;
  /** Entries of the map of earlier values. */
  readonly remembered: number;
  readonly missed: number;
  readonly received: number;
}

/** Losses per cause since the trace began. Without `final`, those that can be told while it runs. */
export function losses(counts: Counts, final?: Final): ReadonlyMap<Cause, number> {
  const ring = summed(counts, "lost_ring");
  const entries: readonly (readonly [Cause, number])[] = [
    ["ring_full", ring],
    ["map_full", counts.total.map_full],
    ["clone_full", counts.total.clone_full],
    ["marks", counts.total.marks_lost],
    ["frame_full", counts.total.frame_full],
    ["evicted", final ? counts.total.inserted - counts.total.deleted - final.tracked : 0],
    ["calls_full", counts.total.calls_full],
    ["past_evicted", final ? counts.total.past_inserted - counts.total.past_deleted - final.remembered : 0],
    ["missed", final?.missed ?? 0],
    ["unread", final ? summed(counts, "produced") - ring - final.received : 0],
  ];
  return new Map(entries.filter(([, count]) => count > 0));
}

/** What `ending` had to let go, by cause, without what was told before the journey it was cut from. */
export function cuts({
  cut,
}: {
  readonly cut: Readonly<Record<CutCause, number>>;
}): ReadonlyMap<CutCause, number> {
  return new Map(CUT_CAUSES.map((cause) => [cause, cut[cause]]));
}

const CUT_CAUSES = ["timeout", "memory", "unfinished"] as const satisfies readonly CutCause[];

export type Teller<C> = (now: ReadonlyMap<C, number>) => void;

/** Tells of each cause what was not told yet. */
export function teller<C>(tell: (cause: C, count: number) => void): Teller<C> {
  const told = new Map<C, number>();
  return (now) => {
    for (const [cause, total] of now) {
      const count = total - (told.get(cause) ?? 0);
      if (count <= 0) continue;
      told.set(cause, total);
      tell(cause, count);
    }
  };
}

/** Counts distinct journey numbers, which come in about ascending order: one bit each, in pages. */
export class PacketCount {
  #pages = new Map<number, Uint32Array>();
  #page: Uint32Array | undefined;
  #pageNumber = -1;
  count = 0;

  add(packet: number): void {
    const number = Math.floor(packet / PAGE_BITS);
    if (number !== this.#pageNumber || !this.#page) {
      this.#page = this.#pages.get(number) ?? new Uint32Array(PAGE_BITS / 32);
      this.#pages.set(number, this.#page);
      this.#pageNumber = number;
    }
    const bit = packet % PAGE_BITS;
    const mask = 1 << (bit & 31);
    if (this.#page[bit >> 5]! & mask) return;
    this.#page[bit >> 5]! |= mask;
    this.count++;
  }
}

const PAGE_BITS = 1 << 17;
