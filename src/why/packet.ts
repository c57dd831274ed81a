/** What explainers read in the bytes that were captured, where the fields of the language do not reach. */

/** Reads big-endian numbers; undefined beyond what was captured. */
const number = (bytes: Uint8Array, at: number, size: 1 | 2 | 3 | 4): number | undefined => {
  if (at + size > bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i]!;
  return value;
};

export const address4 = (bytes: Uint8Array, at: number): string | undefined =>
  at + 4 > bytes.length ? undefined : [...bytes.subarray(at, at + 4)].join(".");

/** The words of an IPv4 header, as they are, right or wrong. */
export interface Ip4Words {
  readonly version: number;
  /** In words of four bytes, as it stands there. */
  readonly ihl: number;
  readonly totalLength: number;
  readonly proto: number;
  readonly source: string;
  readonly destination: string;
}

export function ip4Words(bytes: Uint8Array, at = 0): Ip4Words | undefined {
  const [first, totalLength, proto] = [
    number(bytes, at, 1),
    number(bytes, at + 2, 2),
    number(bytes, at + 9, 1),
  ];
  const [source, destination] = [address4(bytes, at + 12), address4(bytes, at + 16)];
  if (first === undefined || totalLength === undefined || proto === undefined || !source || !destination) {
    return undefined;
  }
  return { version: first >> 4, ihl: first & 15, totalLength, proto, source, destination };
}

const UDP = 17;
const VXLAN_PORTS: readonly number[] = [4789, 8472];
const [UDP_BYTES, VXLAN_BYTES, ETHERNET_BYTES] = [8, 8, 14];
const ETH_IPV4 = 0x0800;

export interface Outer {
  /** The network identifier of a VXLAN packet. */
  readonly vxlan?: number;
  /** Addresses of the packet inside. */
  readonly inner?: string;
}

/** A packet that begins with an IPv4 header and may be a tunnel's. */
export function outer(bytes: Uint8Array): Outer {
  const ip = ip4Words(bytes);
  if (ip?.version !== 4 || ip.proto !== UDP) return {};
  return vxlan(bytes, ip.ihl * 4);
}

/** A packet that begins with a UDP header, with VXLAN behind it (RFC 7348). */
export function vxlan(bytes: Uint8Array, udp = 0): Outer {
  const port = number(bytes, udp + 2, 2);
  const vni = number(bytes, udp + UDP_BYTES + 4, 3);
  if (port === undefined || vni === undefined || !VXLAN_PORTS.includes(port)) return {};
  const ethernet = udp + UDP_BYTES + VXLAN_BYTES;
  const ip =
    number(bytes, ethernet + 12, 2) === ETH_IPV4 ? ip4Words(bytes, ethernet + ETHERNET_BYTES) : undefined;
  return { vxlan: vni, ...(ip && { inner: `${ip.source} > ${ip.destination}` }) };
}

/** Flags of RFC 2890. */
const [GRE_CHECKSUM, GRE_KEY] = [0x8000, 0x2000];

/** The key of a GRE header; undefined: it has none. */
export function greKey(bytes: Uint8Array, at = 0): number | undefined {
  const flags = number(bytes, at, 2);
  if (flags === undefined || !(flags & GRE_KEY)) return undefined;
  return number(bytes, at + (flags & GRE_CHECKSUM ? 8 : 4), 4);
}
