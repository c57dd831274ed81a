import { describe, expect, test } from "vitest";
import { MARK } from "../../../src/compiler/layout.ts";
import {
  DEFAULT_HOLD,
  type Finished,
  Holding,
  type HoldLimits,
} from "../../../src/runtime/journeys/holding.ts";
import { Random } from "../../random.ts";

const SIZE = 100;
const SECOND = 1e9;

/** A holding with what it has shown, as `packet: numbers of its records (events cut)`. */
function held(limits: Partial<HoldLimits> = {}) {
  const shown: string[] = [];
  const it = new Holding({ ...DEFAULT_HOLD, ...limits }, ({ packet, records, cut }: Finished) =>
    shown.push(`${packet}: ${records.map(([number]) => number).join(" ")}${cut > 0 ? ` (${cut} cut)` : ""}`),
  );
  let number = 0;
  const event = (packet: number, time = 0, end: Parameters<Holding["event"]>[3] = "no"): void => {
    const record = new Uint8Array(SIZE);
    record[0] = number++;
    it.event(packet, time, record, end);
  };
  const sum = () => Object.values(it.cut).reduce((a, b) => a + b, 0);
  return { it, shown, event, sum, produced: () => number };
}

describe("journeys that are held", () => {
  test("are shown whole when they end as asked, not before", () => {
    const { it, shown, event } = held();
    event(1);
    event(2);
    event(1);
    expect(shown).toEqual([]);
    event(1, 0, "as asked");
    expect(shown).toEqual(["1: 0 2 3"]);
    it.finish();
    expect(it.discarded).toBe(0);
    expect(it.cut.unfinished).toBe(1);
  });

  test("are discarded when their packet is gone, with what comes right after", () => {
    const { it, shown, event } = held();
    event(1, 10);
    it.mark(1, 20, MARK.gone);
    event(1, 30);
    it.expire(30 + SECOND);
    expect([it.discarded, shown]).toEqual([2, []]);
  });

  test("an end on the way of the free is still an end", () => {
    const { it, shown, event } = held();
    event(1, 10);
    it.mark(1, 20, MARK.gone);
    event(1, 30, "as asked");
    it.expire(SECOND);
    expect([shown, it.discarded]).toEqual([["1: 0 1"], 0]);
  });

  test("wait for every clone", () => {
    const { it, shown, event } = held();
    event(1, 10);
    it.mark(1, 20, MARK.cloned);
    it.mark(1, 30, MARK.gone);
    it.expire(SECOND);
    event(1, SECOND, "as asked");
    expect(shown).toEqual(["1: 0 1"]);
  });

  test("a clone may be made before the first event is shown", () => {
    const { it, event } = held();
    it.mark(1, 1, MARK.cloned);
    event(1, 2);
    it.mark(1, 3, MARK.gone);
    it.mark(1, 4, MARK.gone);
    it.expire(SECOND);
    expect(it.discarded).toBe(1);
  });

  test("what follows an end is a journey of its own: another try of the same packet", () => {
    const { it, shown, event } = held();
    it.mark(1, 0, MARK.cloned);
    event(1, 1);
    event(1, 2, "as asked");
    event(1, 3);
    event(1, 4, "as asked");
    expect(shown).toEqual(["1: 0 1", "1: 2 3"]);
  });

  test("end otherwise, and are discarded", () => {
    const { it, shown, event } = held();
    event(1, 1);
    event(1, 2, "otherwise");
    it.expire(SECOND);
    expect([shown, it.discarded]).toEqual([[], 2]);
  });
});

describe("bounds", () => {
  test("of a journey's events: the latest are kept, and how many are not is told", () => {
    const { it, shown, event } = held({ events: 3 });
    for (let i = 0; i < 5; i++) event(1);
    event(1, 0, "as asked");
    expect(shown).toEqual(["1: 3 4 5 (3 cut)"]);
    expect(it.cut.bound).toBe(3);
  });

  test("a journey that is discarded was not cut", () => {
    const { it, event } = held({ events: 3 });
    for (let i = 0; i < 5; i++) event(1);
    it.mark(1, 0, MARK.gone);
    it.finish();
    expect([it.discarded, it.cut.bound]).toEqual([5, 0]);
  });

  test("of time: nothing of the journey is shown then, neither what was nor what comes", () => {
    const { it, shown, event } = held();
    event(1, 0);
    event(2, 4 * SECOND);
    it.expire(5 * SECOND + 1);
    event(1, 6 * SECOND, "as asked");
    event(2, 6 * SECOND, "as asked");
    expect(shown).toEqual(["2: 1 3"]);
    expect(it.cut.timeout).toBe(2);
  });

  test("of memory: the longest held go", () => {
    const { it, shown, event } = held({ bytes: 3 * SIZE });
    for (const packet of [1, 2, 3, 4]) event(packet);
    event(1, 0, "as asked");
    event(2, 0, "as asked");
    expect(shown).toEqual([]);
    event(3, 0, "as asked");
    expect(shown).toEqual(["3: 2 6"]);
    expect(it.cut.memory).toBe(4);
  });
});

test("all that is produced is shown, discarded or cut", () => {
  const { it, shown, event, sum, produced } = held({ events: 4, ns: 300e6, bytes: 25 * SIZE });
  const random = new Random(3);
  for (let i = 0; i < 5000; i++) {
    const time = i * 2e6;
    const packet = 1 + Math.floor(i / 20) + random.int(0, 11);
    const what = random.int(0, 11);
    if (what === 0) event(packet, time, "as asked");
    else if (what === 1) event(packet, time, "otherwise");
    else if (what === 2) it.mark(packet, time, MARK.gone);
    else if (what === 3) it.mark(packet, time, MARK.cloned);
    else event(packet, time);
    it.expire(time);
  }
  it.finish();
  const printed = shown.reduce((n, line) => n + line.replace(/ \(.*/, "").split(" ").length - 1, 0);
  expect(printed).toBeGreaterThan(100);
  expect(it.discarded).toBeGreaterThan(100);
  for (const cause of ["bound", "timeout", "memory", "unfinished"] as const)
    expect(it.cut[cause], cause).toBeGreaterThan(0);
  expect(printed + it.discarded + sum()).toBe(produced());
});
