import { describe, expect, test } from "vitest";
import type { CompiledQuery } from "../../../src/compiler/compiled.ts";
import { MARK, RECORD_FLAG } from "../../../src/compiler/layout.ts";
import { Batch } from "../../../src/runtime/decode/batch.ts";
import { head } from "../../../src/runtime/decode/head.ts";
import { intake } from "../../../src/runtime/intake.ts";
import type { Presenter } from "../../../src/runtime/output/presenter.ts";
import { Random } from "../../random.ts";
import { batchOf, type HeadWanted, query, record } from "../records.ts";

/** `ending`, from the records in the order of the ring buffer to what is shown. */

const ENDING: CompiledQuery = query([], ["cpu"], {
  ending: [{ kind: "drop", span: { start: 0, end: 0 } }],
});
const at = (time: number, cpu: number, rest: HeadWanted = {}): Uint8Array =>
  record(ENDING, { time: BigInt(time), cpu, ...rest });
const end = (time: number, cpu: number, packet = 1n): Uint8Array =>
  at(time, cpu, { packet, flags: ["last", "ending"] });
const mark = (time: number, cpu: number, what: number): Uint8Array =>
  at(time, cpu, { flags: ["mark"], point: what, reason: 1 });

/** What is shown of batches as they come, `PACKET:TIME`, and what was discarded. */
function shown(...batches: readonly Uint8Array[][]): { events: string[]; discarded: number } {
  const views = new Batch();
  const { packet, timeLow, flags } = head(views);
  const events: string[] = [];
  const presenter = {
    event: (_: number, place: number) => {
      expect(flags(place) & RECORD_FLAG.mark).toBe(0);
      events.push(`${packet(place)}:${timeLow(place)}`);
    },
    cut: () => expect.unreachable(),
  } as unknown as Presenter;
  const taking = intake([ENDING], views, presenter, {}, () => {});
  for (const records of batches) taking.take(batchOf(...records));
  taking.finish();
  return { events, discarded: taking.discarded };
}

describe("events that come out of order from several CPUs", () => {
  test("the end may come before what led to it", () => {
    // CPU 0 made room for its records after CPU 1 had, and is older.
    const cpu1 = [at(300, 1), end(400, 1)];
    const cpu0 = [at(100, 0, { flags: ["first"] }), at(200, 0)];
    const whole = { events: ["1:100", "1:200", "1:300", "1:400"], discarded: 0 };
    expect(shown(cpu1, cpu0)).toEqual(whole);
    expect(shown([...cpu1, ...cpu0])).toEqual(whole);
    expect(shown([cpu1[0]!, cpu0[0]!], [cpu1[1]!, cpu0[1]!])).toEqual(whole);
  });

  test("the packet may seem to be gone before its clone is made, or its end is reached", () => {
    const records = [
      at(100, 0),
      mark(200, 0, MARK.cloned),
      at(300, 1),
      mark(400, 1, MARK.gone),
      end(500, 0),
      mark(510, 0, MARK.gone),
    ];
    const whole = { events: ["1:100", "1:300", "1:500"], discarded: 0 };
    expect(shown(records)).toEqual(whole);
    expect(shown([...records].reverse())).toEqual(whole);
  });

  test("in any order, journeys are shown whole, each in the order of time, and others not at all", () => {
    const random = new Random(11);
    for (let round = 0; round < 200; round++) {
      const journeys = [1n, 2n, 3n, 4n].map((packet) => {
        const times = Array.from(
          { length: random.int(1, 6) },
          () => random.int(0, 1_000_000) * 4 + Number(packet),
        );
        const sorted = [...new Set(times)].sort((a, b) => a - b);
        return { packet, sorted, ends: packet <= 2n };
      });
      const records = journeys.flatMap(({ packet, sorted, ends }) =>
        sorted.map((time, i) =>
          ends && i === sorted.length - 1
            ? end(time, random.int(0, 3), packet)
            : at(time, random.int(0, 3), { packet }),
        ),
      );
      const jumbled: Uint8Array[] = [];
      for (const one of records) jumbled.splice(random.int(0, jumbled.length), 0, one);
      const cut = random.int(0, jumbled.length);
      const { events } = shown(jumbled.slice(0, cut), jumbled.slice(cut));
      for (const { packet, sorted, ends } of journeys) {
        const own = events.filter((event) => event.startsWith(`${packet}:`));
        expect(own).toEqual(ends ? sorted.map((time) => `${packet}:${time}`) : []);
      }
    }
  });
});
