import { describe, expect, it } from "vitest";
import { ADMIT, POINT_KIND, RECORD_FLAG, RECORD_HEAD, ROLE } from "../../src/compiler/layout.ts";
import { native } from "../../src/native/native.ts";
import { because } from "./bpf.ts";
import { counters, dropPackets, open, unable } from "./machine.ts";
import { cookie, kfreeSkb, type StandIn, type StandInTracepoint } from "./stand-in.ts";

const reason = unable();

interface Seen {
  readonly packet: bigint;
  readonly point: number;
  readonly first: boolean;
}

/** Runs a query while packets are dropped on the loopback interface. Other drops on the machine are seen too. */
async function trace(
  query: StandIn,
  packets: number,
): Promise<{ seen: Seen[]; counts: ReturnType<typeof counters> }> {
  const seen: Seen[] = [];
  const obj = open(query);
  native().load(obj);
  const { packet, point, flags } = RECORD_HEAD.offsets as Record<string, number>;
  const onBatch = (batch: Uint8Array): void => {
    for (let at = 0; at < batch.length; at += RECORD_HEAD.size) {
      const record = new DataView(batch.buffer, at);
      seen.push({
        packet: record.getBigUint64(packet!, true),
        point: record.getUint32(point!, true),
        first: (record.getUint8(flags!) & RECORD_FLAG.first) !== 0,
      });
    }
  };
  const ring = native().openRing(obj, "pwq_ring", { onBatch, batchBytes: 65536, maxBatches: 4, flushMs: 5 });
  const names = (query.tracepoints ?? [kfreeSkb]).map(({ name }) => name);
  const links = names.map((name) => native().attachRawTracepoint(obj, `pwq_tp_${name}`, name));
  await dropPackets(packets);
  for (const link of links) native().detach(link);
  await native().ringFlush(ring);
  const counts = counters(obj);
  native().closeRing(ring);
  native().closeObject(obj);
  return { seen, counts };
}

const at = (name: string, point: number): StandInTracepoint => ({
  name,
  cookie: cookie({ kind: POINT_KIND.tracepoint, point, at: 1 }),
  skb: 0,
});
const QUEUE = 1;
const RECEIVE = 2;
const DROP = 7;
/** Not looked at, but the address is given back there. */
const consumed = {
  name: "consume_skb",
  cookie: cookie({ kind: POINT_KIND.tracepoint, role: ROLE.free }),
  skb: 0,
};
const path = [at("net_dev_queue", QUEUE), at("netif_rx", RECEIVE), kfreeSkb, consumed];

describe.skipIf(reason !== undefined)(`the template${because(reason)}`, () => {
  it("keeps a packet's number from point to point", async () => {
    const { seen, counts } = await trace({ tracepoints: path }, 20);
    const journeys = new Map<bigint, Seen[]>();
    for (const event of seen) journeys.set(event.packet, [...(journeys.get(event.packet) ?? []), event]);
    const whole = [...journeys.values()].filter((events) => events.length === 3);
    expect(whole.length).toBeGreaterThanOrEqual(20);
    for (const events of whole) {
      expect(events.map(({ point }) => point)).toEqual([QUEUE, RECEIVE, DROP]);
      expect(events.map(({ first }) => first)).toEqual([true, false, false]);
    }
    expect(counts.deleted).toBeGreaterThanOrEqual(20);
    expect(counts.inserted).toBeGreaterThanOrEqual(counts.deleted);
  });

  it("does not take a packet again whose journey has ended", async () => {
    const { seen, counts } = await trace({ tracepoints: path, end: true }, 20);
    const drops = seen.filter(({ point }) => point === DROP);
    expect(seen.filter(({ point }) => point === QUEUE).length).toBeGreaterThanOrEqual(20);
    expect(drops.every(({ first }) => first)).toBe(true);
    expect(seen.every(({ first }) => first)).toBe(true);
    expect(new Set(seen.map(({ packet }) => packet)).size).toBe(seen.length);
    expect(counts.selected).toBe(seen.length);
  });

  it("a dying packet is followed on the way of its free only; then the address has a new owner", async () => {
    const dying = cookie({ kind: POINT_KIND.tracepoint, point: QUEUE, at: 1, role: ROLE.dying });
    const freePath = cookie({ kind: POINT_KIND.drop, point: DROP, at: 1, freePath: 1, role: ROLE.free });
    const tracepoints = [
      { ...at("net_dev_queue", QUEUE), cookie: dying },
      at("netif_rx", RECEIVE),
      { ...kfreeSkb, cookie: freePath },
    ];
    const { seen } = await trace({ tracepoints }, 20);
    const received = seen.filter(({ point }) => point === RECEIVE);
    expect(received.length).toBeGreaterThanOrEqual(20);
    expect(received.every(({ first }) => first)).toBe(true);
    const continued = seen.filter(({ point, first }) => point === DROP && !first);
    expect(continued.length).toBeGreaterThanOrEqual(20);
  });

  it("limits the number of packets, and counts the others once each", async () => {
    const { seen, counts } = await trace({ tracepoints: path, limit: 3n }, 20);
    expect(new Set(seen.map(({ packet }) => packet))).toEqual(new Set([1n, 2n, 3n]));
    expect(counts.selected).toBe(3 + counts.over_limit);
    // Each of the others was refused once, at its first point, not at all three.
    expect(counts.over_limit).toBeGreaterThanOrEqual(17);
    expect(counts.inserted).toBe(counts.selected);
  });

  it("samples none, all, or about half", async () => {
    const none = await trace({ sample: 1n }, 5);
    expect(none.counts.sampled_out).toBe(none.counts.selected);
    expect(none.seen).toEqual([]);
    const all = await trace({ sample: (7n << 32n) | 7n }, 5);
    expect(all.counts.sampled_out).toBe(0);
    expect(all.seen.length).toBe(all.counts.selected);
    const { counts } = await trace({ sample: (1n << 32n) | 2n }, 400);
    // Eight standard deviations.
    expect(Math.abs(counts.sampled_out - counts.selected / 2)).toBeLessThan(
      8 * Math.sqrt(counts.selected / 4),
    );
  });

  it("a rate lets a second's worth through at once, and no more", async () => {
    const began = process.hrtime.bigint();
    const { seen, counts } = await trace({ rate: 100_000_000n }, 100);
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    expect(counts.rate_limited).toBe(counts.selected - seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(10);
    expect(seen.length).toBeLessThanOrEqual(10 + Math.ceil(10 * seconds));
  });

  it("numbers a packet that cannot be seen again without tracking it", async () => {
    const { seen, counts } = await trace({ admit: ADMIT.once }, 10);
    expect(seen.length).toBeGreaterThanOrEqual(10);
    expect(new Set(seen.map(({ packet }) => packet)).size).toBe(seen.length);
    expect([counts.inserted, counts.deleted]).toEqual([0, 0]);
  });

  it("events by themselves have no packet", async () => {
    const { seen, counts } = await trace({ tracepoints: path, admit: ADMIT.event }, 10);
    expect(seen.length).toBeGreaterThanOrEqual(30);
    expect(seen.every(({ packet, first }) => packet === 0n && !first)).toBe(true);
    expect(counts.inserted).toBe(0);
  });
});
