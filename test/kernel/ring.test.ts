import { afterEach, describe, expect, it, vi } from "vitest";
import { RECORD_FLAG, RECORD_HEAD } from "../../src/compiler/layout.ts";
import { type Link, native, type Obj, type Ring, type RingOptions } from "../../src/native/native.ts";
import { because } from "./bpf.ts";
import { counters, dropPackets, open, unable } from "./machine.ts";
import type { StandIn } from "./stand-in.ts";

const reason = unable();
const SIZES = { batchBytes: 4096, maxBatches: 4, flushMs: 5 };

interface Running {
  readonly obj: Obj;
  readonly ring: Ring;
  readonly link: Link;
}
let running: Running | undefined;

function start(query: StandIn, options: Partial<RingOptions>, ringSize = 1 << 20): Running {
  const obj = open(query);
  native().setMapSize(obj, "pwq_ring", ringSize);
  native().load(obj);
  const ring = native().openRing(obj, "pwq_ring", { ...SIZES, onBatch: () => {}, ...options });
  const link = native().attachRawTracepoint(obj, "pwq_tp_kfree_skb", "kfree_skb");
  running = { obj, ring, link };
  return running;
}

afterEach(() => {
  if (!running) return;
  native().detach(running.link);
  native().closeRing(running.ring);
  native().closeObject(running.obj);
  running = undefined;
});

describe.skipIf(reason !== undefined)(`the ring${because(reason)}`, () => {
  it("hands over whole records in order", async () => {
    const records: DataView[] = [];
    const onBatch = (batch: Uint8Array, count: number): void => {
      expect(batch.length).toBeLessThanOrEqual(SIZES.batchBytes);
      expect(batch.length).toBe(count * RECORD_HEAD.size);
      for (let at = 0; at < batch.length; at += RECORD_HEAD.size) {
        records.push(new DataView(batch.buffer, at, RECORD_HEAD.size));
      }
    };
    const { obj, ring, link } = start({}, { onBatch });
    await dropPackets(500);
    native().detach(link);
    await native().ringFlush(ring);

    const { point, packet, flags, size, location } = RECORD_HEAD.offsets as Record<string, number>;
    expect(records.length).toBeGreaterThanOrEqual(500);
    records.forEach((record, index) => {
      expect(record.getUint32(point!, true)).toBe(7);
      expect(record.getUint32(size!, true)).toBe(RECORD_HEAD.size);
      expect(record.getUint8(flags!)).toBe(RECORD_FLAG.first);
      expect(record.getBigUint64(location!, true)).not.toBe(0n);
      expect(Number(record.getBigUint64(packet!, true))).toBeGreaterThan(0);
      if (index === 0) return;
      expect(record.getBigUint64(packet!, true)).not.toBe(records[index - 1]!.getBigUint64(packet!, true));
    });
    expect(counters(obj)).toMatchObject({
      delivered: records.length,
      lost_ring: 0,
      selected: records.length,
    });
  });

  it("counts exactly what a flood makes it lose", async () => {
    let received = 0;
    const add: RingOptions["onBatch"] = (_, count) => {
      received += count;
    };
    const { obj, ring, link } = start({ size: 256 }, { onBatch: add }, 4096);
    await dropPackets(3000);
    native().detach(link);
    await native().ringFlush(ring);
    const { produced, delivered, lost_ring } = counters(obj);
    expect(lost_ring).toBeGreaterThan(0);
    expect([produced, received]).toEqual([delivered + lost_ring, delivered]);
  });

  it("stops reading while the callee has too much, and loses nothing that was delivered", async () => {
    let received = 0;
    const waiting: (() => void)[] = [];
    const onBatch = (_: Uint8Array, count: number): Promise<void> => {
      received += count;
      return new Promise((done) => waiting.push(done));
    };
    const { obj, ring, link } = start({ size: 256 }, { onBatch, batchBytes: 1024, maxBatches: 2 }, 4096);
    await dropPackets(200);
    native().detach(link);
    await vi.waitFor(() => expect(waiting.length).toBe(2));
    const stalled = received;
    expect(stalled).toBeLessThanOrEqual(8);
    expect(counters(obj).lost_ring).toBeGreaterThan(0);

    const flushed = native().ringFlush(ring);
    const release = setInterval(() => waiting.pop()?.(), 1);
    await flushed;
    clearInterval(release);
    const { produced, delivered, lost_ring } = counters(obj);
    expect(received).toBeGreaterThan(stalled);
    expect([produced, received]).toEqual([delivered + lost_ring, delivered]);
  });

  it("a record larger than a batch comes in a batch of its own", async () => {
    const sizes: number[] = [];
    const { ring, link } = start(
      { size: 2048 },
      { onBatch: (batch) => void sizes.push(batch.length), batchBytes: 64 },
    );
    await dropPackets(3);
    native().detach(link);
    await native().ringFlush(ring);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(new Set(sizes)).toEqual(new Set([2048]));
  });

  it("a flush that closing overtakes is refused, and a closed ring too", async () => {
    const { ring } = start({}, {});
    const flushed = native().ringFlush(ring);
    native().closeRing(ring);
    await expect(flushed).rejects.toMatchObject({ operation: "ringFlush", code: "ECANCELED" });
    native().closeRing(ring);
    expect(() => native().ringFlush(ring)).toThrow("the ring is closed");
  });

  it("outlives the object it reads from", async () => {
    let received = 0;
    const add: RingOptions["onBatch"] = (_, count) => {
      received += count;
    };
    const { obj, ring, link } = start({}, { onBatch: add });
    native().closeObject(obj);
    await dropPackets(5);
    native().detach(link);
    await native().ringFlush(ring);
    expect(received).toBeGreaterThanOrEqual(5);
  });

  it("can be closed from within its callback", async () => {
    let closed = 0;
    await new Promise<void>((done) => {
      const onBatch = (): void => {
        closed++;
        native().closeRing(running!.ring);
        done();
      };
      start({}, { onBatch });
      void dropPackets(20);
    });
    await new Promise((done) => setTimeout(done, 20));
    expect(closed).toBe(1);
  });

  it.each([
    ["batchBytes", { batchBytes: 0 }],
    ["maxBatches", { maxBatches: 0 }],
    ["flushMs", { flushMs: 0 }],
  ])("refuses a %s of zero", (_, options) => {
    const obj = open();
    native().load(obj);
    expect(() => native().openRing(obj, "pwq_ring", { ...SIZES, onBatch: () => {}, ...options })).toThrow(
      /positive/,
    );
    expect(() => native().openRing(obj, "pwq_track", { ...SIZES, onBatch: () => {} })).toThrow(
      /not a ring buffer/,
    );
    native().closeObject(obj);
  });
});
