import {
  arp,
  authentication,
  ethernet,
  fragmentHeader,
  ip4,
  ip6,
  pack,
  plainExtension,
  transport,
  vlanTag,
} from "../oracle/headers.ts";
import type { Packet } from "../oracle/packet.ts";
import { ETH_ARP, ETH_IP, ETH_IPV6, ETH_QINQ, ETH_VLAN, POOL } from "../oracle/pools.ts";
import type { Random } from "../random.ts";

/** A frame as it is on a wire. */
export interface Frame {
  readonly ethernet: Uint8Array;
  /** Tags as they stand behind the addresses: `proto` announces the tag. */
  readonly tags: readonly { readonly proto: number; readonly tci: number }[];
  readonly type: number;
  readonly network: Uint8Array;
}

const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** What filters tell apart: protocols, tags, fragments, options, extension headers, frames that are cut short. */
export function randomFrame(random: Random): Frame {
  const [type, network] = random.pick(NETWORKS)(random);
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  const tags = Array.from({ length: count }, (_, i) => ({
    proto: i + 1 < count ? random.pick([ETH_QINQ, ETH_VLAN]) : ETH_VLAN,
    tci: random.pick(POOL.tci),
  }));
  const short = random.once(6) ? network.slice(0, random.int(0, network.length)) : network;
  return { ethernet: ethernet(random, tags[0]?.proto ?? type), tags, type, network: short };
}

const NETWORKS: readonly ((random: Random) => readonly [type: number, bytes: Uint8Array])[] = [
  four,
  four,
  four,
  six,
  six,
  (random) => [ETH_ARP, arp(random)],
  (random) => [0x8864, join(pack([2, 0x1100], [2, 7], [2, 42], [2, 0x0021]), four(random)[1])],
  (random) => [0x8847, join(pack([4, 0x0001_0140]), four(random)[1])],
  (random) => [0x88cc, random.bytes(random.int(0, 60))],
  // A length and not a type: IEEE 802.2.
  (random) => [60, join(pack([1, 0x42], [1, 0x42], [1, 3]), random.bytes(57))],
];

function four(random: Random): readonly [number, Uint8Array] {
  const { proto, bytes } = transport(random, 4);
  const options = random.pick([0, 0, 0, 1, 10]);
  const fragment = random.pick([0, 0, 0, 0, 1, 185]);
  return [
    ETH_IP,
    ip4(random, { proto, payload: join(bytes, random.bytes(random.pick([0, 0, 30]))), options, fragment }),
  ];
}

function six(random: Random): readonly [number, Uint8Array] {
  const { proto, bytes } = transport(random, 6);
  const extensions = random.pick([
    [],
    [],
    [plainExtension(random, 0)],
    [fragmentHeader(random, random.pick([0, 185]))],
    [authentication(random)],
  ]);
  return [ETH_IPV6, ip6(random, proto, extensions, bytes)];
}

/** Its bytes, with all tags but the first `without` in it. */
export function bytesOf({ ethernet: header, tags, type, network }: Frame, without = 0): Uint8Array {
  const kept = tags.slice(without);
  const types = [...kept.map(({ proto }) => proto), type];
  return join(
    header.slice(0, 12),
    pack([2, types[0]!]),
    ...kept.map(({ tci }, i) => vlanTag(tci, types[i + 1]!)),
    network,
  );
}

/** A classic pcap file (draft-ietf-opsawg-pcap); the packet's number is its time in seconds. */
export function pcapFile(linkType: number, packets: readonly Uint8Array[]): Uint8Array {
  const little = (...words: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array =>
    join(...words.map(([size, value]) => pack([size, value]).reverse()));
  const header = little([4, 0xa1b2c3d4], [2, 2], [2, 4], [4, 0], [4, 0], [4, 262144], [4, linkType]);
  return join(
    header,
    ...packets.flatMap((bytes, i) => [little([4, i], [4, 0], [4, bytes.length], [4, bytes.length]), bytes]),
  );
}

const HEADROOM = 64;

/** Bytes as a received skb that nothing has looked at yet but the device. */
export const received = (bytes: Uint8Array, tag?: Packet["tag"]): Packet =>
  skb(bytes, { macHeader: HEADROOM, networkHeader: 0, data: HEADROOM + 14, ...(tag ? { tag } : {}) });

/** An IP packet on its way out, before it has an Ethernet header. */
export const sent = (bytes: Uint8Array): Packet =>
  skb(bytes, {
    macHeader: undefined,
    networkHeader: HEADROOM,
    data: HEADROOM,
    protocol: bytes[0]! >> 4 === 6 ? ETH_IPV6 : ETH_IP,
    route: { family: 2, pathMtu: 0, metricMtu: 0 },
  });

function skb(bytes: Uint8Array, given: Partial<Packet>): Packet {
  const head = new Uint8Array(HEADROOM + bytes.length + 16);
  head.set(bytes, HEADROOM);
  return {
    story: "",
    head,
    data: HEADROOM,
    tail: HEADROOM + bytes.length,
    dataLen: 0,
    macHeader: undefined,
    networkHeader: 0,
    protocol: 0,
    mark: 0,
    priority: 0,
    hash: 0,
    queue: 0,
    pktType: 0,
    ipSummed: 0,
    tstamp: 0n,
    cb: new Uint8Array(48),
    gso: { size: 0, segs: 0, type: 0 },
    device: { name: "eth0", ifindex: 2, type: 1, mtu: 1500, netns: 4026531840 },
    socket: undefined,
    route: undefined,
    conntrack: undefined,
    ...given,
  };
}
