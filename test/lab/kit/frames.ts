import { MAC } from "./hosts.ts";

/** Packets built by hand: what no socket would send. All functions return whole headers with their payload. */

const u8 = (...values: number[]): Buffer => Buffer.from(values);
const u16 = (value: number): Buffer => u8((value >> 8) & 255, value & 255);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(":", ""), "hex");
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

export const ETHERTYPE = { ip: 0x0800, vlan: 0x8100, ip6: 0x86dd } as const;
export const PROTO = { hopopts: 0, icmp: 1, tcp: 6, udp: 17, fragment: 44, dstopts: 60 } as const;

export interface Ends {
  readonly src: string;
  readonly dst: string;
}

/** From end `a` of a link to end `b`; with `vlan`, the tag stands in the frame. */
export function ethernet(type: number, payload: Buffer, vlan?: number): Buffer {
  const tag = vlan === undefined ? u8() : join(u16(ETHERTYPE.vlan), u16(vlan));
  return join(hex(MAC.b), hex(MAC.a), tag, u16(type), payload);
}

export interface Ip4Options {
  readonly id?: number;
  readonly ttl?: number;
  /** More fragments follow. */
  readonly more?: boolean;
  /** Of this fragment, in bytes, a multiple of 8. */
  readonly offset?: number;
  /** A multiple of 4 bytes. */
  readonly options?: Buffer;
}

export function ip4(ends: Ends, proto: number, payload: Buffer, given: Ip4Options = {}): Buffer {
  const { id = 0x1234, ttl = 64, more = false, offset = 0, options = u8() } = given;
  const words = 5 + options.length / 4;
  const header = join(
    u8(0x40 | words, 0),
    u16(words * 4 + payload.length),
    u16(id),
    u16((more ? 0x2000 : 0) | (offset / 8)),
    u8(ttl, proto),
    u16(0),
    address4(ends.src),
    address4(ends.dst),
    options,
  );
  header.writeUInt16BE(checksum(header), 10);
  return join(header, payload);
}

export function ip6(ends: Ends, next: number, payload: Buffer): Buffer {
  return join(
    u32(0x60000000),
    u16(payload.length),
    u8(next, 64),
    address6(ends.src),
    address6(ends.dst),
    payload,
  );
}

/** An IPv6 extension header of 8 bytes that says nothing (a PadN option), before `next`. */
export function extension(next: number, payload: Buffer): Buffer {
  return join(u8(next, 0, 1, 4, 0, 0, 0, 0), payload);
}

export interface Ports {
  readonly sport: number;
  readonly dport: number;
}

/** With the checksum for `ends`, of either family. */
export function udp(ends: Ends, ports: Ports, data: Buffer): Buffer {
  const length = 8 + data.length;
  const datagram = join(u16(ports.sport), u16(ports.dport), u16(length), u16(0), data);
  datagram.writeUInt16BE(checksum(join(pseudo(ends, PROTO.udp, length), datagram)) || 0xffff, 6);
  return datagram;
}

/** A SYN, with the checksum for `ends`. */
export function syn(ends: Ends, ports: Ports): Buffer {
  const segment = join(
    u16(ports.sport),
    u16(ports.dport),
    u32(1),
    u32(0),
    u8(0x50, 0x02),
    u16(64240),
    u16(0),
    u16(0),
  );
  segment.writeUInt16BE(checksum(join(pseudo(ends, PROTO.tcp, segment.length), segment)), 16);
  return segment;
}

function pseudo(ends: Ends, proto: number, length: number): Buffer {
  const address = ends.src.includes(":") ? address6 : address4;
  return join(address(ends.src), address(ends.dst), u32(length), u32(proto));
}

function address4(text: string): Buffer {
  return u8(...text.split(".").map(Number));
}

function address6(text: string): Buffer {
  const [head = "", tail = ""] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const zeros = 8 - words(head).length - words(tail).length;
  return join(...[...words(head), ...Array<number>(zeros).fill(0), ...words(tail)].map(u16));
}

/** RFC 1071. */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) | (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
