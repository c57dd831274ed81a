import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { evaluate, type Value } from "../../src/compiler/evaluate.ts";
import { FIELDS } from "../../src/compiler/fields/table.ts";
import { pcapKey } from "../../src/compiler/pcap/filter.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import { Random } from "../random.ts";
import { randomFilter } from "./filters.ts";
import { Generated } from "./generated.ts";
import { fieldsOf, randomOccasion } from "./occasion.ts";
import { randomPacket } from "./packets.ts";
import { environmentOf, explain } from "./parse.ts";
import { pcap } from "./pcap.ts";
import { slotsOf, tupleText } from "./slots.ts";

/** Pairs of a filter and a packet, on each kernel: at least 10,000 in all. */
const FILTERS = Number(process.env.PWQ_ORACLE_FILTERS ?? 150);
const PACKETS = 25;
const SEED = Number(process.env.PWQ_ORACLE_SEED ?? 1);

/** Of which all are right for IP packets but one, which is about the frame only. */
const PCAP = ["tcp or udp", "not arp", "ether src 02:42:0a:00:00:01", "vlan", "len > 60"];

/** Fields that are read from packets, as many to a query as one might show. */
const CAPTURED: readonly (readonly string[])[] = (() => {
  const names = [...FIELDS.values()]
    .filter(
      ({ name, read }) => !["event", "runtime", "either"].includes(read.from) && !name.endsWith("tuple"),
    )
    .map(({ name }) => name);
  const all = [
    ...names,
    ...PCAP.map((text) => `pcap "${text}"`),
    ...PCAP.map((text) => `inner.pcap "${text}"`),
    "payload(5)",
    "skb->sk->__sk_common.skc_dport",
  ];
  return Array.from({ length: Math.ceil(all.length / 12) }, (_, i) => all.slice(12 * i, 12 * i + 12));
})();
const CAPTURES = 120;

const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

describe.each(KERNELS)("generated code on Linux %s", (kernel) => {
  it("selects what the language says", () => {
    const facts = fixtureFacts(kernel);
    const random = new Random(SEED);
    const disagreements: string[] = [];
    let [passed, unmeant] = [0, 0];
    for (let i = 0; i < FILTERS; i++) {
      const text = randomFilter(random);
      const { program } = check(
        { name: "filter", text: `trace skb at ip_rcv, drop where ${text} show len` },
        { facts, pcap },
      );
      const where = program!.queries[0]!.where!;
      const generated = new Generated(program!, facts);
      for (let j = 0; j < PACKETS; j++) {
        const packet = randomPacket(random);
        const occasion = randomOccasion(random);
        const wanted = evaluate(where, environmentOf(explain(packet), fieldsOf(occasion)));
        const { selected, passed: passes } = generated.run(packet, occasion);
        if (passes && wanted === true) disagreements.push(`${text}\n  lets pass ${packet.story}`);
        if (passes) passed++;
        if (wanted !== true) unmeant++;
        if (selected !== (wanted === true)) disagreements.push(`${text}\n  is ${wanted} of ${packet.story}`);
      }
    }
    expect(disagreements.slice(0, 20)).toEqual([]);
    // The packets here are odd on purpose; ordinary ones pass far more often.
    expect(passed).toBeGreaterThan(unmeant / 10);
  }, 60_000);

  it.each(CAPTURED)("captures what the packet has: %s and so on", (...names) => {
    const facts = fixtureFacts(kernel);
    const random = new Random(SEED);
    const text = `trace skb at ip_rcv show ${names.join(", ")}`;
    const { program, diagnostics } = check({ name: "capture", text }, { facts, pcap });
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    const generated = new Generated(program!, facts);
    const filters = program!.queries[0]!.show.flatMap(({ value }) =>
      value.kind === "pcap" ? [{ ...value, slot: pcapKey(value) }] : [],
    );
    for (let i = 0; i < CAPTURES; i++) {
      const packet = randomPacket(random);
      const explained = explain(packet);
      const { fields, payload } = explained;
      const { record } = generated.run(packet);
      const filtered = (key: string) => {
        const found = filters.find(({ slot }) => slot === key);
        return found && explained.filtered(found.filter!, found.inner);
      };
      const wanted = names.map((name) => [
        name,
        name === "payload(5)" ? payload?.slice(0, 5) : (fields.get(name) ?? filtered(name)),
      ]);
      const slots = slotsOf(record!, generated.record);
      expect([packet.story, ...names.map((name) => [name, slots.get(name)])]).toEqual([
        packet.story,
        ...wanted,
      ]);
    }
  });

  it.each(["", "inner."])("captures the %stuple", (prefix) => {
    const facts = fixtureFacts(kernel);
    const random = new Random(SEED);
    const { program } = check(
      { name: "capture", text: `trace skb at ip_rcv show ${prefix}tuple` },
      { facts, pcap },
    );
    const generated = new Generated(program!, facts);
    for (let i = 0; i < 4 * CAPTURES; i++) {
      const packet = randomPacket(random);
      const slots = slotsOf(generated.run(packet).record!, generated.record);
      expect([packet.story, slots.get(`${prefix}tuple`)]).toEqual([
        packet.story,
        tupleOf(explain(packet).fields, prefix),
      ]);
    }
  });
});

function tupleOf(fields: ReadonlyMap<string, Value>, prefix: string): string | undefined {
  const number = (name: string): number | undefined => {
    const value = fields.get(`${prefix}${name}`);
    return typeof value === "bigint" ? Number(value) : undefined;
  };
  const address = (name: string): bigint => {
    const value = fields.get(`${prefix}${name}`);
    return typeof value === "object" && "version" in value ? value.value : 0n;
  };
  const port = (end: string): number | undefined =>
    ["tcp", "udp", "sctp"].map((layer) => number(`${layer}.${end}`)).find((value) => value !== undefined);
  const version = number("ip.version");
  if (version !== 4 && version !== 6) return undefined;
  const [source, target] = [port("sport"), port("dport")];
  const ports =
    source === undefined && target === undefined ? undefined : ([source ?? 0, target ?? 0] as const);
  return tupleText({
    version,
    source: address("ip.src"),
    target: address("ip.dst"),
    ports,
    proto: number("ip.proto"),
  });
}
