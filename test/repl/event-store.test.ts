import { expect, test } from "vitest";
import { RECORD_HEAD } from "../../src/compiler/layout.ts";
import { EventStore } from "../../src/repl/event-store.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { head } from "../../src/runtime/decode/head.ts";

const SIZE = RECORD_HEAD.size;
const record = (packet: number): Uint8Array => {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(RECORD_HEAD.offsets.size!, SIZE, true);
  view.setUint32(RECORD_HEAD.offsets.packet!, packet, true);
  return bytes;
};
const packets = (store: EventStore): number[] => {
  const batch = new Batch();
  const { packet } = head(batch);
  const found: number[] = [];
  store.each(batch, (at) => found.push(Number(packet(at))));
  return found;
};

test("events come back in their order", () => {
  const store = new EventStore(3 * SIZE, 10);
  for (let i = 1; i <= 7; i++) store.add(record(i));
  expect(packets(store)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect([store.count, store.forgotten]).toEqual([7, 0]);
});

test("the oldest are let go when there is no more room, and every event is counted", () => {
  const store = new EventStore(3 * SIZE + 8, 2);
  for (let i = 1; i <= 10; i++) store.add(record(i));
  expect(packets(store)).toEqual([7, 8, 9, 10]);
  expect([store.count, store.forgotten]).toEqual([4, 6]);
});

test("a copy is kept: the batch it came in is used again", () => {
  const store = new EventStore();
  const bytes = record(7);
  store.add(bytes);
  bytes.fill(0);
  expect(packets(store)).toEqual([7]);
});
