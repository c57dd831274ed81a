import { describe, expect, it } from "vitest";
import type { Field, Read } from "../../../src/compiler/fields/field.ts";
import {
  aliases,
  FIELDS,
  findField,
  GROUPS,
  INNER_GROUP,
  PRESENCE,
} from "../../../src/compiler/fields/table.ts";
import { evidenceField } from "../../../src/why/evidence.ts";

const fields: readonly Field[] = [...FIELDS.values()];

/** The alternatives of a read, itself if there is one. */
const alternatives = (read: Read): readonly Read[] =>
  read.from === "first"
    ? read.of.flatMap(alternatives)
    : read.from === "inner"
      ? alternatives(read.of)
      : [read];

const WIDTHS = {
  eth: 14,
  vlan: 4,
  arp: 28,
  ip4: 20,
  ip6: 40,
  frag6: 8,
  tcp: 20,
  udp: 8,
  sctp: 12,
  esp: 8,
} as const;

describe("the fields table", () => {
  it("has each name once", () => {
    const names = [...GROUPS, INNER_GROUP].flatMap((group) => group.fields.map((field) => field.name));
    expect(names.length).toBe(FIELDS.size);
    expect(findField("tcp.dport")?.name).toBe("tcp.dport");
    expect(findField("tcp.dstport")).toBeUndefined();
  });

  it("has every field that the language names", () => {
    const named = [
      "time elapsed delta func module caller stack cpu pid tid comm process cgroup container",
      "packet skb len data_len mark priority hash protocol iface ifindex netns mtu queue cb gso.size gso.segs gso.type",
      "vlan.id pkt_type ip_summed tstamp eth.src eth.dst eth.type vlan.pcp vlan.tci arp.op arp.sha arp.spa arp.tha arp.tpa",
      "ip.src ip.dst ip.addr ip.proto ip.ttl ip.id ip.df ip.frag ip.tos ip.len ip.version",
      "tcp.sport tcp.dport tcp.port tcp.seq tcp.ack tcp.flags tcp.win tcp.len udp.sport udp.dport udp.port udp.len",
      "icmp.type icmp.code icmp6.type icmp6.code sctp.sport sctp.dport sctp.port esp.spi gre.key tuple",
      "drop.reason drop.location ct.state ct.mark ct.zone ct.status sk.state sk.family sk.uid sk.mark rt.mtu",
    ].flatMap((line) => line.split(" "));
    expect(named.filter((name) => !FIELDS.has(name))).toEqual([]);
  });

  it("has no other spelling that is a name, or that means two fields", () => {
    const spellings = fields.flatMap((field) => field.aka ?? []);
    expect(spellings.filter((name) => FIELDS.has(name))).toEqual([]);
    expect(spellings.length).toBe(aliases().size);
    expect(aliases().get("tcp.dstport")).toBe("tcp.dport");
    expect(aliases().get("frame.len")).toBe("len");
  });

  it("says in one sentence what each field is", () => {
    const bad = fields.filter(({ doc }) => !/^[A-Z4"`].*\.$/.test(doc) || doc.length > 110);
    expect(bad.map((field) => field.name)).toEqual([]);
  });

  it("reads header bytes that lie in the header", () => {
    for (const field of fields) {
      for (const read of alternatives(field.read)) {
        if (read.from !== "header" || !(read.layer in WIDTHS)) continue;
        const width = WIDTHS[read.layer as keyof typeof WIDTHS];
        expect([field.name, read.offset + read.size <= width]).toEqual([field.name, true]);
      }
    }
  });

  it("calls a field optional if and only if its read can be absent", () => {
    const always = (read: Read): boolean => {
      if (read.from === "path")
        return read.absent === undefined && !read.given && !/->.*->|:/.test(read.path);
      if (read.from === "runtime") return read.needs.every((name) => !FIELDS.get(name)?.optional);
      return read.from === "event";
    };
    const wrong = fields.filter(
      (field) =>
        field.read.from !== "event" &&
        field.name !== "container" &&
        alternatives(field.read).some(always) !== !field.optional,
    );
    expect(wrong.map((field) => field.name)).toEqual([]);
  });

  it("names only fields there are", () => {
    for (const { name, read } of fields) {
      const others = read.from === "either" ? read.fields : read.from === "runtime" ? read.needs : [];
      expect([name, others.filter((other) => !FIELDS.has(other) && !evidenceField(other))]).toEqual([
        name,
        [],
      ]);
    }
  });

  it("gives every number of an enumeration one name", () => {
    for (const { name, type } of fields) {
      if (type.kind !== "int" || !type.names) continue;
      const numbers = [...type.names.values.values()];
      expect([name, new Set(numbers).size]).toEqual([name, numbers.length]);
      const limit = 1n << BigInt(type.bits);
      expect([name, numbers.every((number) => number < limit)]).toEqual([name, true]);
    }
  });

  it("has the header fields of the packet inside a tunnel, read from headers only", () => {
    const outside = (name: string) => findField(name.replace("inner.", ""))!;
    for (const { name, type, read } of INNER_GROUP.fields) {
      expect([name, type]).toEqual([name, outside(name).type]);
      expect([name, JSON.stringify(read).includes("skb->")]).toEqual([name, false]);
    }
    const headers = fields.filter(
      ({ name, read }) =>
        !name.startsWith("inner.") && alternatives(read).some((one) => one.from === "header"),
    );
    expect(headers.map(({ name }) => name).filter((name) => !findField(`inner.${name}`))).toEqual([]);
    expect(findField("inner.ip.src")?.read).toEqual({
      from: "inner",
      of: {
        from: "first",
        of: [
          { from: "header", layer: "ip4", offset: 12, size: 4 },
          { from: "header", layer: "ip6", offset: 8, size: 16 },
        ],
      },
    });
    expect(findField("inner.ip4.hlen")?.read).toEqual({ from: "expr", text: "inner.ip4.ihl * 4" });
    expect(findField("inner.tcp.port")?.read).toEqual({
      from: "either",
      fields: ["inner.tcp.sport", "inner.tcp.dport"],
    });
    expect(findField("inner.mark")).toBeUndefined();
  });

  it("has no field that is a protocol's name", () => {
    expect([...PRESENCE.keys()].filter((name) => FIELDS.has(name))).toEqual([]);
  });
});
