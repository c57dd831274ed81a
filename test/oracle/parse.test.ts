import { describe, expect, it } from "vitest";
import { FIELDS } from "../../src/compiler/fields/table.ts";
import { Random } from "../random.ts";
import { pack } from "./headers.ts";
import type { Packet } from "./packet.ts";
import { randomPacket } from "./packets.ts";
import { explain } from "./parse.ts";

const bytes = (...hex: readonly string[]): Uint8Array =>
  Uint8Array.from(hex.join("").replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const FRAME = "02420a000002 02420a000001";
const IP4 = "45000028 1234 4000 40 06 0000 0a000001 0a000002";
const TCP = "9d1e01bb 00000001 00000002 50 12 fa00 00000000";
const IP6 = "60012345 0014 06 3f fd000000000000000000000000000001 fd000000000000000000000000000002";

/** A received packet: Ethernet at 64. */
function received(frame: Uint8Array, rest: Partial<Packet> = {}): Packet {
  const head = new Uint8Array(64 + frame.length);
  head.set(frame, 64);
  return {
    story: "by hand",
    head,
    data: 78,
    tail: head.length,
    dataLen: 0,
    macHeader: 64,
    networkHeader: 78,
    protocol: 0x0800,
    mark: 7,
    priority: 0,
    hash: 0,
    queue: 0,
    pktType: 0,
    ipSummed: 0,
    tstamp: 0n,
    cb: new Uint8Array(48),
    gso: { size: 0, segs: 0, type: 0 },
    device: undefined,
    socket: undefined,
    route: undefined,
    conntrack: undefined,
    ...rest,
  };
}

/** Numbers and truths as text, addresses as `v4:…`. */
function look(packet: Packet, ...names: readonly string[]): Readonly<Record<string, string>> {
  const { fields } = explain(packet);
  return Object.fromEntries(
    names.map((name) => {
      const value = fields.get(name);
      const text =
        typeof value === "object" && "version" in value
          ? `v${value.version}:${value.value.toString(16)}`
          : value;
      return [name, String(text ?? "absent")];
    }),
  );
}

describe("the oracle on packets written by hand", () => {
  it("TCP over IPv4", () => {
    const packet = received(bytes(FRAME, "0800", IP4, TCP));
    expect(
      look(packet, "eth.src", "eth.type", "ip.src", "ip.dst", "ip.df", "ip.ttl", "ip.proto", "ip.len"),
    ).toEqual({
      "eth.src": String(0x02420a000001),
      "eth.type": String(0x0800),
      "ip.src": "v4:a000001",
      "ip.dst": "v4:a000002",
      "ip.df": "true",
      "ip.ttl": "64",
      "ip.proto": "6",
      "ip.len": "40",
    });
    expect(
      look(packet, "tcp.sport", "tcp.dport", "tcp.flags", "tcp.win", "tcp.len", "udp.dport", "mark"),
    ).toEqual({
      "tcp.sport": "40222",
      "tcp.dport": "443",
      "tcp.flags": "18",
      "tcp.win": "64000",
      "tcp.len": "0",
      "udp.dport": "absent",
      mark: "7",
    });
    expect([...explain(packet).present].sort()).toEqual(["eth", "ip", "ip4", "tcp"]);
  });

  it("a header is there whole or not at all", () => {
    const packet = received(bytes(FRAME, "0800", IP4, TCP));
    const cut = { ...packet, tail: packet.tail - 1 };
    expect(look(cut, "ip.proto", "tcp.dport")).toEqual({ "ip.proto": "6", "tcp.dport": "absent" });
    const short = { ...packet, tail: 78 + 19 };
    expect(look(short, "ip.proto", "ip.version", "eth.type")).toEqual({
      "ip.proto": "absent",
      "ip.version": "absent",
      "eth.type": "2048",
    });
  });

  it("later fragments have no ports", () => {
    const packet = received(bytes(FRAME, "0800", IP4.replace("4000", "00b9"), TCP));
    expect(look(packet, "ip.frag", "ip.proto", "tcp.dport")).toEqual({
      "ip.frag": "1480",
      "ip.proto": "6",
      "tcp.dport": "absent",
    });
  });

  it("IPv6 behind a fragment header and destination options", () => {
    const fragment = "3c00 0001 00c0ffee";
    const options = "0600 000000000000";
    const packet = received(bytes(FRAME, "86dd", IP6.replace("0014 06", "0024 2c"), fragment, options, TCP), {
      protocol: 0x86dd,
    });
    expect(
      look(packet, "ip.src", "ip6.nxt", "ip.proto", "ip.id", "ip.mf", "ip.frag", "tcp.dport", "ip.plen"),
    ).toEqual({
      "ip.src": "v6:fd000000000000000000000000000001",
      "ip6.nxt": "44",
      "ip.proto": "6",
      "ip.id": String(0xc0ffee),
      "ip.mf": "true",
      "ip.frag": "0",
      "tcp.dport": "443",
      "ip.plen": "20",
    });
  });

  it("a tag in the frame and a tag in the socket buffer", () => {
    const frame = bytes(FRAME, "8100 6064 0800", IP4, TCP);
    const inFrame = received(frame, { networkHeader: 78, protocol: 0x8100 });
    expect(look(inFrame, "vlan.id", "vlan.pcp", "eth.type", "tcp.dport")).toEqual({
      "vlan.id": "100",
      "vlan.pcp": "3",
      "eth.type": String(0x8100),
      "tcp.dport": "443",
    });
    const early = { ...inFrame, networkHeader: 0 };
    expect(look(early, "vlan.id", "tcp.dport")).toEqual({ "vlan.id": "100", "tcp.dport": "443" });
    const both = { ...inFrame, tag: { proto: 0x88a8, tci: 5 } };
    expect(look(both, "vlan.id")).toEqual({ "vlan.id": "5" });
  });

  it("a packet that has only its socket", () => {
    const socket = {
      family: 10,
      state: 1,
      protocol: 6,
      source4: 0x0a000001,
      target4: 0x0a000002,
      source6: 0n,
      target6: 0xffff_0a00_0002n,
      sourcePort: 40222,
      targetPort: 443,
      netns: 1,
      uid: 1000,
      mark: 0,
      cgroup: 1n,
    };
    const packet = received(new Uint8Array(40), {
      macHeader: undefined,
      networkHeader: 0,
      protocol: 0,
      socket,
    });
    expect(look(packet, "ip.src", "ip.dst", "ip.version", "tcp.dport", "tcp.seq", "ip.ttl")).toEqual({
      "ip.src": "v4:a000001",
      "ip.dst": "v4:a000002",
      "ip.version": "4",
      "tcp.dport": "443",
      "tcp.seq": "absent",
      "ip.ttl": "absent",
    });
    expect([...explain(packet).present].sort()).toEqual(["ip", "ip4", "tcp"]);
    const listening = { ...packet, socket: { ...socket, target6: 0n } };
    expect(look(listening, "ip.version", "tcp.sport")).toEqual({
      "ip.version": "absent",
      "tcp.sport": "absent",
    });
  });

  it("a GRE key, before and behind a checksum", () => {
    const gre = (header: string): Packet =>
      received(bytes(FRAME, "0800", IP4.replace("40 06", "40 2f"), header));
    expect(look(gre("2000 0800 00c0ffee"), "gre.key")).toEqual({ "gre.key": String(0xc0ffee) });
    expect(look(gre("a000 0800 00000000 00000007"), "gre.key")).toEqual({ "gre.key": "7" });
    expect(look(gre("8000 0800 00000000"), "gre.key")).toEqual({ "gre.key": "absent" });
    expect(look(gre("2001 880b 00000001"), "gre.key")).toEqual({ "gre.key": "absent" });
  });

  it("packs big-endian", () => {
    expect([...pack([2, 0x0102], [4, 3n])]).toEqual([1, 2, 0, 0, 0, 3]);
  });
});

describe("the oracle on random packets", () => {
  const random = new Random(11);
  const explained = Array.from({ length: 9000 }, () => explain(randomPacket(random)));

  it("knows only fields of the table", () => {
    const names = new Set(explained.flatMap(({ fields }) => [...fields.keys()]));
    expect([...names].filter((name) => !FIELDS.has(name) && !name.startsWith("skb->"))).toEqual([]);
  });

  it("gives every field that is read from a packet, and misses every optional one, in some packet", () => {
    const tested = [...FIELDS.values()].filter(
      ({ read, name }) => !["event", "runtime", "either"].includes(read.from) && !name.endsWith("tuple"),
    );
    const never = tested.filter(({ name }) => !explained.some(({ fields }) => fields.has(name)));
    expect(never.map(({ name }) => name)).toEqual([]);
    const always = tested.filter(({ name }) => explained.every(({ fields }) => fields.has(name)));
    expect(always.filter(({ optional }) => optional).map(({ name }) => name)).toEqual([]);
    expect(tested.filter(({ optional }) => !optional).filter((field) => !always.includes(field))).toEqual([]);
  });

  it("meets every protocol", () => {
    const present = new Set(explained.flatMap((each) => [...each.present]));
    expect([...present].sort()).toEqual(
      ["arp", "esp", "eth", "gre", "icmp", "icmp6", "ip", "ip4", "ip6", "sctp", "tcp", "udp", "vlan"].sort(),
    );
  });
});
