import type { Random } from "../random.ts";
import { pack, type Transport } from "./headers.ts";
import { ETH_IP, ETH_IPV6, POOL } from "./pools.ts";

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** What goes into a tunnel. */
export interface Inside {
  readonly packet: (random: Random) => readonly [type: number, bytes: Uint8Array];
  readonly frame: (random: Random) => Uint8Array;
}

/** A tunnel header with a packet in it, mostly as it should be. */
export const tunnel = (random: Random, inside: Inside): Transport => random.pick(KINDS)(random, inside);

const KINDS: readonly ((random: Random, inside: Inside) => Transport)[] = [
  ipInIp,
  gre,
  gre,
  vxlan,
  vxlan,
  geneve,
  geneve,
];

function ipInIp(random: Random, { packet }: Inside): Transport {
  const [type, bytes] = packet(random);
  const proto = (type === ETH_IP) === !random.once(10) ? 4 : 41;
  return { proto, bytes };
}

/** The type and the bytes of a packet or a frame. */
function payload(random: Random, { packet, frame }: Inside): readonly [type: number, bytes: Uint8Array] {
  if (random.once(2)) return [0x6558, frame(random)];
  const [type, bytes] = packet(random);
  return [random.once(10) ? random.pick([ETH_IP, ETH_IPV6, 0x88be, 0x880b]) : type, bytes];
}

function gre(random: Random, inside: Inside): Transport {
  const some = [0x8000, 0x2000, 0x1000].filter(() => random.once(2));
  const odd = random.once(8) ? random.pick([0x4000, 1, 3]) : 0;
  const [type, bytes] = payload(random, inside);
  const flags = some.reduce((sum, flag) => sum + flag, odd);
  return { proto: 47, bytes: concat(pack([2, flags], [2, type]), random.bytes(4 * some.length), bytes) };
}

function udp(random: Random, port: number, data: Uint8Array): Transport {
  const source = random.pick(POOL.port);
  return { proto: 17, bytes: concat(pack([2, source], [2, port], [2, 8 + data.length], [2, 0]), data) };
}

function vxlan(random: Random, { frame }: Inside): Transport {
  const flags = random.once(8) ? random.pick([0, 0x80, 0xff, 0x88]) : 0x08;
  const header = pack([1, flags], [3, random.once(2) ? 0 : 0x123456], [3, random.pick(POOL.vni)], [1, 0]);
  return udp(random, random.pick([4789, 4789, 8472, 4790]), concat(header, frame(random)));
}

function geneve(random: Random, inside: Inside): Transport {
  const words = random.pick([0, 0, 1, 3, 63]);
  const version = random.once(8) ? random.int(1, 3) : 0;
  const [type, bytes] = payload(random, inside);
  const header = pack([1, (version << 6) | words], [1, random.pick([0, 0x40, 0xc0])], [2, type]);
  const vni = pack([3, random.pick(POOL.vni)], [1, random.int(0, 255)]);
  return udp(random, random.pick([6081, 6081, 6082]), concat(header, vni, random.bytes(4 * words), bytes));
}
