import { describe, expect, test } from "vitest";
import { COUNTERS, counterIndex, queryCounterIndex } from "../../src/compiler/layout.ts";
import { admitted, losses, PacketCount, readCounts, teller } from "../../src/runtime/accounting.ts";

/** Counters of layout.ts with these values; a number stands for query 1. */
function counters(values: Readonly<Record<string, number>>): bigint[] {
  const all = new Array<bigint>(COUNTERS).fill(0n);
  for (const [name, value] of Object.entries(values)) {
    const global = counterIndex(name as Parameters<typeof counterIndex>[0]);
    const index =
      global >= 0 ? global : queryCounterIndex(1, name as Parameters<typeof queryCounterIndex>[1]);
    all[index] = BigInt(value);
  }
  return all;
}

describe("counters", () => {
  test("are taken apart by name and query", () => {
    const counts = readCounts(counters({ map_full: 3, produced: 10, lost_ring: 4 }), 2);
    expect(counts.total.map_full).toBe(3);
    expect(counts.queries.map(({ produced, lost_ring }) => [produced, lost_ring])).toEqual([
      [0, 0],
      [10, 4],
    ]);
  });
  test("admitted: selected, and not left out", () => {
    const { queries } = readCounts(
      counters({ selected: 100, sampled_out: 50, rate_limited: 20, over_limit: 5 }),
      2,
    );
    expect(admitted(queries[1]!)).toBe(25);
  });
});

describe("losses", () => {
  const counts = readCounts(counters({ produced: 100, lost_ring: 30, inserted: 20, deleted: 12 }), 2);
  test("while it runs: only what is certain", () => {
    expect([...losses(counts)]).toEqual([["ring_full", 30]]);
  });
  test("at the end: produced = received + lost, and entries that nobody deleted were pushed out", () => {
    expect([...losses(counts, { tracked: 5, remembered: 0, missed: 2, received: 69 })]).toEqual([
      ["ring_full", 30],
      ["evicted", 3],
      ["missed", 2],
      ["unread", 1],
    ]);
    expect([...losses(counts, { tracked: 8, remembered: 0, missed: 0, received: 70 })]).toEqual([
      ["ring_full", 30],
    ]);
  });
  test("earlier values that were pushed out, and calls that were too deep", () => {
    const past = readCounts(counters({ past_inserted: 10, past_deleted: 3, calls_full: 4 }), 1);
    expect([...losses(past, { tracked: 0, remembered: 5, missed: 0, received: 0 })]).toEqual([
      ["calls_full", 4],
      ["past_evicted", 2],
    ]);
  });
  test("only what is new is told", () => {
    const told: string[] = [];
    const tell = teller((cause: string, count) => told.push(`${cause} ${count}`));
    tell(new Map([["ring_full", 3]]));
    tell(new Map([["ring_full", 3]]));
    tell(
      new Map([
        ["ring_full", 5],
        ["missed", 1],
      ]),
    );
    expect(told).toEqual(["ring_full 3", "ring_full 2", "missed 1"]);
  });
});

describe("distinct packets", () => {
  test("each number once, however far apart", () => {
    const packets = new PacketCount();
    for (const number of [1, 2, 2, 1, 131_072, 131_071, 1, 10_000_000_000, 10_000_000_000])
      packets.add(number);
    expect(packets.count).toBe(5);
  });
});
