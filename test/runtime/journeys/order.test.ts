import { describe, expect, test } from "vitest";
import { type Order, order, WINDOW_NS } from "../../../src/runtime/journeys/order.ts";
import { batchOf, le, query, record } from "../records.ts";

const q = query([{ key: "mark", encoding: "uint", size: 4 }], ["mark"]);
const TIME = 0;
const MARK = q.record.slots[0]!.offset;

/** An order, and the [time, mark] of what it has handed on. */
function ordered(): { readonly it: Order; readonly seen: [number, number][] } {
  const seen: [number, number][] = [];
  const it = order((bytes, places, count) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const at of places.slice(0, count)) {
      seen.push([Number(view.getBigUint64(at + TIME, true)), view.getUint32(at + MARK, true)]);
    }
  });
  return { it, seen };
}
/** Records of these times, numbered by `mark` as they come. */
const batch = (times: readonly number[], from = 0): Uint8Array =>
  batchOf(...times.map((time, i) => record(q, { time: BigInt(time) }, { mark: le(from + i, 4) })));

describe("the order of records", () => {
  test("is that of their times, and of their coming where these are equal", () => {
    const { it, seen } = ordered();
    it.take(batch([3, 1, 2, 1]));
    expect(seen).toEqual([]);
    it.flush();
    expect(seen).toEqual([
      [1, 1],
      [1, 3],
      [2, 2],
      [3, 0],
    ]);
    expect(it.waiting).toBe(0);
  });

  test("holds across batches, within the window", () => {
    const { it, seen } = ordered();
    const late = 10 * WINDOW_NS;
    it.take(batch([late, late + 2]));
    it.take(batch([late + 1, late + 3], 2));
    expect(it.waiting).toBe(4);
    it.take(batch([late + 1 + WINDOW_NS], 4));
    expect(seen).toEqual([
      [late, 0],
      [late + 1, 2],
    ]);
    it.release(late + 2 + WINDOW_NS);
    expect(seen.slice(2)).toEqual([[late + 2, 1]]);
    it.release(late + 3 * WINDOW_NS);
    expect(seen.map(([, mark]) => mark)).toEqual([0, 2, 1, 3, 4]);
  });

  test("a record that is too late is handed on all the same", () => {
    const { it, seen } = ordered();
    it.take(batch([1, 10 * WINDOW_NS]));
    it.take(batch([2, 11 * WINDOW_NS], 2));
    expect(seen).toEqual([
      [1, 0],
      [2, 2],
      [10 * WINDOW_NS, 1],
    ]);
  });

  test("records are those that came, whatever becomes of the batch's memory", () => {
    const { it, seen } = ordered();
    const bytes = batch([7]);
    it.take(bytes);
    bytes.fill(0);
    it.flush();
    expect(seen).toEqual([[7, 0]]);
  });

  test("a batch that does not begin at a multiple of eight", () => {
    const { it, seen } = ordered();
    const bytes = batch([2, 1]);
    const shifted = new Uint8Array(bytes.length + 4);
    shifted.set(bytes, 4);
    it.take(shifted.subarray(4));
    it.flush();
    expect(seen.map(([time]) => time)).toEqual([1, 2]);
  });
});
