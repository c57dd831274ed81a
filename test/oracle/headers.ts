import type { Random } from "../random.ts";
import { ETH_IP, POOL } from "./pools.ts";

/** Headers as bytes, each by its RFC. Checksums are left 0: nothing here looks at them. */

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** Big-endian numbers of the given sizes in bytes. */
export function pack(...fields: readonly (readonly [size: number, value: number | bigint])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([size, value]) =>
      Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * (size - 1 - i))) & 0xffn)),
    ),
  );
}

export const ethernet = (random: Random, type: number): Uint8Array =>
  pack([6, random.pick(POOL.mac)], [6, random.pick(POOL.mac)], [2, type]);

/** What follows an ethertype of 0x8100 or 0x88a8. */
export const vlanTag = (tci: number, type: number): Uint8Array => pack([2, tci], [2, type]);

export const arp = (random: Random, hardware = 1): Uint8Array =>
  concat(
    pack([2, hardware], [2, ETH_IP], [1, 6], [1, 4], [2, random.int(1, 2)]),
    pack([6, random.pick(POOL.mac)], [4, random.pick(POOL.address4)]),
    pack([6, random.pick(POOL.mac)], [4, random.pick(POOL.address4)]),
  );

export interface Ip4 {
  readonly proto: number;
  readonly payload: Uint8Array;
  /** Words of four bytes. */
  readonly options: number;
  /** In units of eight bytes. */
  readonly fragment: number;
}

export function ip4(random: Random, { proto, payload, options, fragment }: Ip4): Uint8Array {
  const flags = (random.int(0, 1) << 14) | ((fragment > 0 || random.once(8) ? 1 : 0) << 13);
  const length = random.once(12) ? 0 : 20 + 4 * options + payload.length;
  return concat(
    pack([1, 0x45 + options], [1, random.int(0, 255)], [2, length], [2, random.int(0, 65535)]),
    pack([2, flags | fragment], [1, random.pick(POOL.ttl)], [1, proto], [2, 0]),
    pack([4, random.pick(POOL.address4)], [4, random.pick(POOL.address4)]),
    random.bytes(4 * options),
    payload,
  );
}

/** An extension header without its first byte, which names the next: `next` goes there. */
export interface Extension {
  readonly type: number;
  readonly rest: Uint8Array;
}

export function ip6(
  random: Random,
  proto: number,
  extensions: readonly Extension[],
  payload: Uint8Array,
): Uint8Array {
  const types = [...extensions.map(({ type }) => type), proto];
  const chain = concat(...extensions.map(({ rest }, i) => concat(pack([1, types[i + 1]!]), rest)), payload);
  const label = random.int(0, 0xfffff);
  return concat(
    pack([4, 0x60000000 + random.int(0, 255) * 2 ** 20 + label]),
    pack([2, random.once(12) ? 0 : chain.length], [1, types[0]!], [1, random.pick(POOL.ttl)]),
    pack([16, random.pick(POOL.address6)], [16, random.pick(POOL.address6)]),
    chain,
  );
}

/** Hop-by-hop, routing, destination options, mobility, HIP, Shim6: a length in units of eight bytes, less one. */
export function plainExtension(random: Random, type: number): Extension {
  const units = random.int(0, 2);
  return { type, rest: concat(pack([1, units]), random.bytes(6 + 8 * units)) };
}
/** Authentication: a length in units of four bytes, less two. */
export function authentication(random: Random): Extension {
  const words = random.pick([1, 2, 4, 6]);
  return { type: 51, rest: concat(pack([1, words]), random.bytes(4 * (words + 2) - 2)) };
}
export const fragmentHeader = (random: Random, fragment: number): Extension => ({
  type: 44,
  rest: pack(
    [1, 0],
    [2, (fragment << 3) | (fragment > 0 || random.once(2) ? 1 : 0)],
    [4, random.int(0, 2 ** 32 - 1)],
  ),
});

export interface Transport {
  readonly proto: number;
  readonly bytes: Uint8Array;
}

const ports = (random: Random): Uint8Array => pack([2, random.pick(POOL.port)], [2, random.pick(POOL.port)]);

function tcp(random: Random, data: Uint8Array): Uint8Array {
  const options = random.pick([0, 0, 3, 10]);
  return concat(
    ports(random),
    pack([4, random.int(0, 2 ** 32 - 1)], [4, random.int(0, 2 ** 32 - 1)]),
    pack([1, (5 + options) << 4], [1, random.int(0, 255)], [2, random.int(0, 65535)], [4, 0]),
    random.bytes(4 * options),
    data,
  );
}

const gre = (random: Random, data: Uint8Array): Uint8Array => {
  const checksum = random.once(3);
  const key = random.once(2);
  const version = random.once(8) ? 1 : 0;
  return concat(
    pack([2, (checksum ? 0x8000 : 0) | (key ? 0x2000 : 0) | version], [2, ETH_IP]),
    checksum ? pack([4, 0]) : pack(),
    key ? pack([4, random.pick(POOL.spi)]) : pack(),
    data,
  );
};

/** One of the protocols, with a few bytes of data; some that have no header here. */
export function transport(random: Random, version: 4 | 6): Transport {
  const data = random.bytes(random.int(0, 12));
  const icmp = (types: readonly number[]): Uint8Array =>
    concat(pack([1, random.pick(types)], [1, random.int(0, 3)], [2, 0]), random.bytes(4), data);
  const make: readonly (() => Transport)[] = [
    () => ({ proto: 6, bytes: tcp(random, data) }),
    () => ({ proto: 6, bytes: tcp(random, data) }),
    () => ({ proto: 17, bytes: concat(ports(random), pack([2, 8 + data.length], [2, 0]), data) }),
    () => ({
      proto: version === 4 ? 1 : 58,
      bytes: icmp(version === 4 ? [0, 3, 8, 11] : [1, 128, 129, 135]),
    }),
    // The other family's ICMP: a number like any other.
    () => ({ proto: version === 4 ? 58 : 1, bytes: icmp([8, 128]) }),
    () => ({ proto: 132, bytes: concat(ports(random), random.bytes(8), data) }),
    () => ({ proto: 50, bytes: concat(pack([4, random.pick(POOL.spi)], [4, random.int(0, 99)]), data) }),
    () => ({ proto: 47, bytes: gre(random, data) }),
    () => ({ proto: random.pick([2, 59, 89, 255]), bytes: data }),
  ];
  return random.pick(make)();
}
