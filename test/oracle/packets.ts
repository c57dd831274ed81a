import type { Random } from "../random.ts";
import {
  arp,
  authentication,
  type Extension,
  ethernet,
  fragmentHeader,
  ip4,
  ip6,
  plainExtension,
  transport,
  vlanTag,
} from "./headers.ts";
import type { Packet } from "./packet.ts";
import { ETH_ARP, ETH_IP, ETH_IPV6, ETH_QINQ, ETH_VLAN, POOL } from "./pools.ts";
import { randomConntrack, randomDevice, randomRoute, randomSocket } from "./surroundings.ts";
import { type Inside, tunnel } from "./tunnels.ts";

/** Packets in every state a socket buffer can be seen in, well-formed, cut short and garbage. */
export function randomPacket(random: Random): Packet {
  const frame = randomFrame(random);
  return spoil(random, random.pick(STATES)(random, frame));
}

/** A frame before anything has happened to it. */
interface Frame {
  readonly story: string;
  readonly ethernet: Uint8Array;
  /** In the frame, outer first; each with the ethertype that announces it. */
  readonly tags: readonly { readonly proto: number; readonly tci: number }[];
  readonly type: number;
  readonly network: Uint8Array;
}

function randomFrame(random: Random): Frame {
  const [story, type, network] = random.pick(NETWORKS)(random);
  const count = random.pick([0, 0, 0, 1, 2, 3]);
  const tags = Array.from({ length: count }, (_, i) => ({
    proto: i + 1 < count ? random.pick([ETH_QINQ, ETH_VLAN]) : ETH_VLAN,
    tci: random.pick(POOL.tci),
  }));
  return { story, ethernet: ethernet(random, tags[0]?.proto ?? type), tags, type, network };
}

type Network = readonly [story: string, type: number, bytes: Uint8Array];

const NETWORKS: readonly ((random: Random) => Network)[] = [
  four,
  four,
  four,
  six,
  six,
  six,
  (random) => ["arp", ETH_ARP, arp(random, random.once(6) ? 6 : 1)],
  (random) => ["garbage", random.pick([ETH_IP, ETH_IPV6, ETH_ARP, 0x88cc]), random.bytes(random.int(0, 80))],
  // The ethertype says one family, the header the other.
  (random) => ["disguise", ETH_IPV6, four(random)[2]],
  (random) => ["other", 0x88cc, random.bytes(40)],
];

function four(random: Random): Network {
  const { proto, bytes } = random.once(3) ? tunnel(random, INSIDE) : transport(random, 4);
  const options = random.pick([0, 0, 0, 1, 5, 10]);
  const fragment = random.pick([0, 0, 0, 0, 1, 185]);
  return [`ip4 proto ${proto}`, ETH_IP, ip4(random, { proto, payload: bytes, options, fragment })];
}

function six(random: Random): Network {
  const { proto, bytes } = random.once(3) ? tunnel(random, INSIDE) : transport(random, 6);
  const some = (): Extension => {
    const type = random.pick([0, 43, 60, 135, 139, 140, 51, 44, 44]);
    if (type === 51) return authentication(random);
    return type === 44 ? fragmentHeader(random, random.pick([0, 0, 185])) : plainExtension(random, type);
  };
  const extensions = Array.from({ length: random.pick([0, 0, 0, 1, 2, 3, 6, 7]) }, some);
  return [
    `ip6 ${extensions.map(({ type }) => type).join(".")} proto ${proto}`,
    ETH_IPV6,
    ip6(random, proto, extensions, bytes),
  ];
}

/** Mostly IP, now and then in another tunnel. */
const INSIDE: Inside = {
  packet: (random) => {
    const [, type, bytes] = random.pick([four, six])(random);
    return [type, bytes];
  },
  frame: (random) => bytesOf(randomFrame(random)),
};

/** The state of a socket buffer, given what its bytes will be or were. */
const STATES: readonly ((random: Random, frame: Frame) => Packet)[] = [
  receivedEarly,
  received,
  received,
  receivedTagged,
  sentEarly,
  sentAppending,
  sentNetwork,
  sentNetwork,
  sentFrame,
  sentFrame,
  tagWithoutFrame,
  strangeDevice,
];

/** After `eth_type_trans`: `data` is behind the Ethernet header, the network header is not set. */
function receivedEarly(random: Random, frame: Frame): Packet {
  const { head, mac, tag, tail } = whole(random, frame);
  const protocol = frame.tags[0]?.proto ?? frame.type;
  const device = random.once(8) ? undefined : randomDevice(random);
  return packet(random, `received early, ${frame.story}`, {
    head,
    tail,
    data: tag,
    macHeader: mac,
    networkHeader: 0,
    protocol,
    device,
  });
}

/** In `__netif_receive_skb_core` and above; one tag may have been moved to the socket buffer. */
function received(random: Random, frame: Frame): Packet {
  const { head, mac, network, tail } = whole(random, frame);
  const tagged = random.once(3) ? { tag: { proto: ETH_VLAN, tci: random.pick(POOL.tci) } } : {};
  return packet(random, `received, ${frame.story}`, {
    head,
    tail,
    data: network,
    macHeader: mac,
    networkHeader: network,
    protocol: random.once(10) ? 0 : frame.type,
    device: random.once(8) ? "queued" : randomDevice(random),
    socket: random.once(3) ? randomSocket(random) : undefined,
    ...tagged,
  });
}

/** Before the tag is taken off: the network header is set to where the tag is. */
function receivedTagged(random: Random, frame: Frame): Packet {
  const { head, mac, tag, tail } = whole(random, frame);
  return packet(random, `received with its tags, ${frame.story}`, {
    head,
    tail,
    data: tag,
    macHeader: mac,
    networkHeader: tag,
    protocol: frame.tags[0]?.proto ?? random.pick([frame.type, 0]),
    device: randomDevice(random),
  });
}

/** A segment that TCP or UDP is about to hand down: no header but perhaps the transport's. */
function sentEarly(random: Random, frame: Frame): Packet {
  const headroom = 200;
  const head = new Uint8Array(320);
  head.set(random.bytes(320 - headroom), headroom);
  return packet(random, `sent early, instead of ${frame.story}`, {
    head,
    tail: headroom + 40,
    data: headroom,
    macHeader: undefined,
    networkHeader: 0,
    protocol: random.pick([0, 0, ETH_IP]),
    device: undefined,
    socket: random.once(6) ? undefined : randomSocket(random),
  });
}

/** `ip_append_data` has set the network header, but what lies there is an older packet. */
function sentAppending(random: Random, frame: Frame): Packet {
  const { head, network, tail } = whole(random, frame);
  return packet(random, `sent, header not written over ${frame.story}`, {
    head,
    tail,
    data: network,
    macHeader: undefined,
    networkHeader: network,
    protocol: random.pick([0, ETH_IPV6]),
    device: undefined,
    socket: randomSocket(random),
    route: undefined,
  });
}

/** From `ip_local_out` to the device: network header written, no Ethernet header yet. */
function sentNetwork(random: Random, frame: Frame): Packet {
  const { head, network, tail } = whole(random, frame);
  return packet(random, `sent, ${frame.story}`, {
    head,
    tail,
    data: network,
    macHeader: undefined,
    networkHeader: network,
    protocol: random.pick([0, frame.type]),
    device: random.pick([undefined, randomDevice(random)]),
    socket: random.once(4) ? undefined : randomSocket(random),
    route: randomRoute(random),
  });
}

/** In `dev_hard_start_xmit`: `data` is at the Ethernet header. */
function sentFrame(random: Random, frame: Frame): Packet {
  const { head, mac, network, tail } = whole(random, frame);
  return packet(random, `sent as a frame, ${frame.story}`, {
    head,
    tail,
    data: mac,
    macHeader: mac,
    networkHeader: network,
    protocol: random.pick([frame.type, frame.tags[0]?.proto ?? frame.type, 0]),
    device: randomDevice(random),
    socket: random.once(2) ? randomSocket(random) : undefined,
    route: random.pick([undefined, randomRoute(random)]),
  });
}

/** A VLAN device that writes its own tag: the network header points to it before there is an Ethernet header. */
function tagWithoutFrame(random: Random, frame: Frame): Packet {
  const { head, tag, tail } = whole(random, frame);
  return packet(random, `sent with a tag and no frame, ${frame.story}`, {
    head,
    tail,
    data: tag,
    macHeader: undefined,
    networkHeader: tag,
    protocol: frame.tags[0]?.proto ?? frame.type,
    device: randomDevice(random),
    route: randomRoute(random),
  });
}

/** A device without Ethernet, or one whose MAC header is left from outside the tunnel. */
function strangeDevice(random: Random, frame: Frame): Packet {
  const { head, network, tail, mac } = whole(random, frame);
  return packet(random, `of a strange device, ${frame.story}`, {
    head,
    tail,
    data: network,
    macHeader: random.pick([network, network - 13, mac]),
    networkHeader: network,
    protocol: random.pick([frame.type, 0]),
    device: { ...randomDevice(random), type: random.pick([1, 65534, 768]) },
  });
}

interface Whole {
  readonly head: Uint8Array;
  readonly mac: number;
  /** The first tag, or the network header. */
  readonly tag: number;
  readonly network: number;
  readonly tail: number;
}

/** The frame in a head buffer with room before and behind it. */
function whole(random: Random, frame: Frame): Whole {
  const headroom = random.pick([2, 64, 66, 192]);
  const bytes = bytesOf(frame);
  const head = random.bytes(headroom + bytes.length + random.pick([0, 1, 40]));
  head.set(bytes, headroom);
  const tag = headroom + 14;
  return { head, mac: headroom, tag, network: tag + 4 * frame.tags.length, tail: headroom + bytes.length };
}

function bytesOf(frame: Frame): Uint8Array {
  const types = [...frame.tags.slice(1).map(({ proto }) => proto), frame.type];
  const tags = frame.tags.map(({ tci }, i) => vlanTag(tci, types[i]!));
  return Uint8Array.from([frame.ethernet, ...tags, frame.network].flatMap((part) => [...part]));
}

type Given = Pick<Packet, "head" | "tail" | "data" | "macHeader" | "networkHeader" | "protocol" | "device"> &
  Partial<Packet>;

/** The rest of the socket buffer, at random. */
const packet = (random: Random, story: string, given: Given): Packet => ({
  story,
  dataLen: 0,
  mark: random.pick(POOL.mark),
  priority: random.int(0, 7),
  hash: random.pick([0, random.bits()]),
  queue: random.int(0, 9),
  pktType: random.int(0, 5),
  ipSummed: random.int(0, 3),
  tstamp: random.pick([0n, random.big(62)]),
  cb: random.bytes(48),
  gso: random.once(2)
    ? { size: 0, segs: 0, type: 0 }
    : { size: 1448, segs: random.int(1, 40), type: random.pick([1, 0x11, 0x20000]) },
  socket: undefined,
  route: random.pick([undefined, undefined, "queued", randomRoute(random)]),
  conntrack: randomConntrack(random),
  ...given,
});

/** Headers in page fragments, or lost: the linear part ends anywhere behind `data` and even before it. */
function spoil(random: Random, given: Packet): Packet {
  if (!random.once(3)) return random.once(4) ? { ...given, dataLen: random.int(1, 1448) } : given;
  const start = given.macHeader ?? given.networkHeader;
  const tail = random.int(Math.min(start, given.data), given.tail);
  const [dataLen, how] = random.once(2) ? [given.tail - tail, "in fragments"] : [0, "cut short"];
  const data = Math.min(given.data, tail);
  return { ...given, tail, data, dataLen, story: `${given.story}, ${how} at ${tail}` };
}
