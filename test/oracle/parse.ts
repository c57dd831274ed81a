import type { Environment, Value } from "../../src/compiler/evaluate.ts";
import type { PcapFilter } from "../../src/compiler/pcap/filter.ts";
import type { PresenceName } from "../../src/compiler/typed.ts";
import { AF_INET, AF_INET6, isSmall, type Packet, type Socket } from "./packet.ts";
import { passes, type Start } from "./pcap.ts";
import { ETH_ARP, ETH_IP, ETH_IPV6, ETH_QINQ, ETH_VLAN } from "./pools.ts";
import { surroundings } from "./surroundings-fields.ts";

/**
 * What the fields of the language are for a packet, found out in the plainest way from `codegen/view.md`, without
 * looking at the table's reads or at the code generator.
 */
export interface Explained {
  /** By field name, and by raw path for those that filters use; what is not there is absent. */
  readonly fields: ReadonlyMap<string, Value>;
  readonly present: ReadonlySet<PresenceName>;
  /** The same of the packet inside a tunnel; its fields are among `fields`, with `inner.` before their names. */
  readonly presentInside: ReadonlySet<PresenceName>;
  /** From where the transport header's data begins to the end of the linear data; undefined: it begins beyond that. */
  readonly payload: Uint8Array | undefined;
  /** What a filter says of the packet, or of the one inside it; undefined: nothing. */
  filtered(filter: PcapFilter, inner: boolean): boolean | undefined;
}

export function explain(packet: Packet): Explained {
  const view = new View(packet);
  view.look();
  view.lookInside();
  for (const [name, value] of surroundings(packet)) view.fields.set(name, value);
  return view;
}

/** The packet as `evaluate` asks for it; `more`: fields that are not the packet's. */
export function environmentOf(
  explained: Explained,
  more: ReadonlyMap<string, Value> = new Map(),
): Environment {
  const { fields, present, presentInside, payload } = explained;
  return {
    present: (layer, inner) => (inner ? presentInside : present).has(layer),
    read: (leaf) => {
      if (leaf.kind === "field") return fields.get(leaf.field.name) ?? more.get(leaf.field.name);
      if (leaf.kind === "raw") return fields.get(leaf.text);
      if (leaf.kind === "pcap") return explained.filtered(leaf.filter!, leaf.inner);
      return leaf.kind === "payload" ? payload?.slice(0, leaf.size) : undefined;
    },
  };
}

const isVlan = (type: number): boolean => type === ETH_VLAN || type === ETH_QINQ;
const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140];

class View implements Explained {
  readonly fields = new Map<string, Value>();
  readonly present = new Set<PresenceName>();
  presentInside: ReadonlySet<PresenceName> = new Set();
  payload: Uint8Array | undefined;
  readonly #packet: Packet;
  readonly #bytes: DataView;
  /** Where an Ethernet header begins, else an IP header. */
  #start: Start | undefined;
  #startInside: Start | undefined;
  /** Where a transport header begins, and of which packet. */
  #carried: { readonly at: number; readonly proto: number; readonly version: 4 | 6 } | undefined;

  constructor(packet: Packet) {
    this.#packet = packet;
    this.#bytes = new DataView(packet.head.buffer, packet.head.byteOffset, packet.head.length);
  }

  look(): void {
    const { macHeader, networkHeader, route, socket } = this.#packet;
    const frame = this.#ethernet();
    this.#tag(frame);
    const unwritten = macHeader === undefined && (networkHeader === 0 || route === undefined);
    if (unwritten && socket && this.#socket(socket)) return;
    const network = this.#network(frame);
    if (network) this.#contents(network);
  }

  #contents({ at, type }: { readonly at: number; readonly type: number | "nibble" }): void {
    if (type === ETH_ARP) this.#arp(at);
    const version = this.#linear(at, 1) ? this.#number(at, 1) >> 4 : 0;
    if (version === 4 && (type === ETH_IP || type === "nibble")) this.#ip4(at);
    if (version === 6 && (type === ETH_IPV6 || type === "nibble")) this.#ip6(at);
  }

  /** "Inside a tunnel" of view.md. */
  lookInside(): void {
    const found = this.#tunnel();
    if (!found) return;
    const { kind, vni, at, type } = found;
    this.#set("tunnel.kind", kind);
    if (vni !== undefined) this.#set("tunnel.vni", vni);
    if (at === undefined) return;
    const inside = new View(this.#packet);
    if (type !== "frame") inside.#contents({ at, type });
    else if (this.#linear(at, 14)) {
      inside.#ethernetAt(at);
      inside.#frameTag(at);
      inside.#contents(inside.#overTags(at + 14, this.#number(at + 12, 2)));
    }
    for (const [name, value] of inside.fields) this.fields.set(`inner.${name}`, value);
    this.presentInside = inside.present;
    this.#startInside = inside.#start;
  }

  #tunnel():
    | { readonly kind: number; readonly vni?: number; readonly at?: number; readonly type: number | "frame" }
    | undefined {
    if (!this.#carried) return undefined;
    const { at, proto, version } = this.#carried;
    const typed = (type: number): number | "frame" => (type === 0x6558 ? "frame" : type);
    if (proto === 4) return { kind: version === 4 ? 4 : 6, at, type: ETH_IP };
    if (proto === 41) return { kind: version === 4 ? 5 : 7, at, type: ETH_IPV6 };
    if (proto === 47 && this.#linear(at, 4)) {
      const flags = this.#number(at, 2);
      const type = typed(this.#number(at + 2, 2));
      if (flags & 7) return undefined;
      if (flags & 0x4000) return { kind: 3, type };
      const options = [0x8000, 0x2000, 0x1000].filter((flag) => flags & flag).length;
      return { kind: 3, at: at + 4 + 4 * options, type };
    }
    if (proto !== 17 || !this.#linear(at, 16)) return undefined;
    const port = this.#number(at + 2, 2);
    const first = this.#number(at + 8, 1);
    const vni = this.#number(at + 12, 4) >>> 8;
    if ((port === 4789 || port === 8472) && first & 8) return { kind: 1, vni, at: at + 16, type: "frame" };
    if (port !== 6081 || first > 0x3f) return undefined;
    return { kind: 2, vni, at: at + 16 + 4 * first, type: typed(this.#number(at + 10, 2)) };
  }

  filtered(filter: PcapFilter, inner: boolean): boolean | undefined {
    return inner
      ? passes(filter, this.#packet, this.#startInside, undefined)
      : passes(filter, this.#packet, this.#start, this.#packet.tag);
  }

  #linear(at: number, size: number): boolean {
    return at + size <= this.#packet.tail;
  }

  /** A big-endian number. */
  #number(at: number, size: 1 | 2 | 4): number {
    if (size === 1) return this.#bytes.getUint8(at);
    return size === 2 ? this.#bytes.getUint16(at) : this.#bytes.getUint32(at);
  }

  #big(at: number, size: number): bigint {
    let value = 0n;
    for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(this.#bytes.getUint8(at + i));
    return value;
  }

  #set(name: string, value: number | bigint): void {
    this.fields.set(name, BigInt(value));
  }

  /** Where the Ethernet header is. */
  #ethernet(): number | undefined {
    const { macHeader, networkHeader, device } = this.#packet;
    if (macHeader === undefined || !this.#linear(macHeader, 14)) return undefined;
    if (device !== undefined && device !== "queued" && device.type !== 1 && device.type !== 772)
      return undefined;
    if (networkHeader !== 0 && macHeader + 14 > networkHeader) return undefined;
    this.#ethernetAt(macHeader);
    return macHeader;
  }

  #ethernetAt(at: number): void {
    this.#start = { link: "ethernet", at };
    this.present.add("eth");
    this.#set("eth.dst", this.#big(at, 6));
    this.#set("eth.src", this.#big(at + 6, 6));
    this.#set("eth.type", this.#number(at + 12, 2));
  }

  #tag(frame: number | undefined): void {
    const { tag } = this.#packet;
    if (tag) this.#tagged(tag.tci);
    else if (frame !== undefined) this.#frameTag(frame);
  }

  #frameTag(frame: number): void {
    if (isVlan(this.#number(frame + 12, 2)) && this.#linear(frame + 14, 4))
      this.#tagged(this.#number(frame + 14, 2));
  }

  #tagged(tci: number): void {
    this.present.add("vlan");
    this.#set("vlan.tci", tci);
    this.#set("vlan.id", tci & 0xfff);
    this.#set("vlan.pcp", tci >> 13);
  }

  /** Over at most two tags, of which the first is at `at` and announced by `type`. */
  #overTags(at: number, type: number): { readonly at: number; readonly type: number } {
    let place = { at, type };
    for (let i = 0; i < 2; i++) {
      if (!isVlan(place.type) || !this.#linear(place.at, 4)) break;
      place = { at: place.at + 4, type: this.#number(place.at + 2, 2) };
    }
    return place;
  }

  #network(frame: number | undefined): { readonly at: number; readonly type: number | "nibble" } | undefined {
    const { networkHeader, protocol } = this.#packet;
    const walked = frame === undefined ? undefined : this.#overTags(frame + 14, this.#number(frame + 12, 2));
    if (networkHeader === 0) return walked;
    if (protocol !== 0 && !isVlan(protocol)) return { at: networkHeader, type: protocol };
    if (walked && frame !== undefined) {
      const places = [frame + 14, frame + 18, frame + 22].filter((at) => at <= walked.at);
      if (places.includes(networkHeader)) return walked;
    }
    if (isVlan(protocol)) return this.#overTags(networkHeader, protocol);
    return { at: networkHeader, type: "nibble" };
  }

  /** What the socket says of a packet without headers; whether it says anything. */
  #socket(socket: Socket): boolean {
    const mapped = socket.target6 >> 32n === 0xffffn;
    const four = socket.family === AF_INET || (socket.family === AF_INET6 && mapped);
    if (!four && (socket.family !== AF_INET6 || socket.target6 === 0n)) return false;
    const version = four ? 4 : 6;
    const [source, target] = four
      ? [BigInt(socket.source4), BigInt(socket.target4)]
      : [socket.source6, socket.target6];
    if (source !== 0n) this.#address("src", version, source);
    if (target !== 0n) this.#address("dst", version, target);
    this.present.add("ip").add(four ? "ip4" : "ip6");
    this.#set("ip.version", version);
    const proto = isSmall(socket) ? 6 : socket.protocol;
    if (proto >= 255) return true;
    this.#set("ip.proto", proto);
    const name = { 6: "tcp", 17: "udp", 132: "sctp" }[proto] as PresenceName | undefined;
    if (!name) return true;
    this.present.add(name);
    if (socket.sourcePort !== 0) this.#set(`${name}.sport`, socket.sourcePort);
    if (socket.targetPort !== 0) this.#set(`${name}.dport`, socket.targetPort);
    return true;
  }

  #address(end: "src" | "dst", version: 4 | 6, value: bigint): void {
    this.fields.set(`ip.${end}`, { version, value });
    this.fields.set(`ip${version}.${end}`, { version, value });
  }

  #arp(at: number): void {
    if (!this.#linear(at, 28)) return;
    if (this.#number(at, 2) !== 1 || this.#number(at + 2, 2) !== ETH_IP) return;
    if (this.#number(at + 4, 1) !== 6 || this.#number(at + 5, 1) !== 4) return;
    this.present.add("arp");
    this.#set("arp.op", this.#number(at + 6, 2));
    this.#set("arp.sha", this.#big(at + 8, 6));
    this.fields.set("arp.spa", { version: 4, value: this.#big(at + 14, 4) });
    this.#set("arp.tha", this.#big(at + 18, 6));
    this.fields.set("arp.tpa", { version: 4, value: this.#big(at + 24, 4) });
  }

  #ip4(at: number): void {
    if (!this.#linear(at, 20)) return;
    const words = this.#number(at, 1) & 15;
    if (words < 5 || !this.#linear(at, 4 * words)) return;
    this.#start ??= { link: "raw", at };
    this.present.add("ip").add("ip4");
    const length = this.#number(at + 2, 2);
    const flags = this.#number(at + 6, 2);
    const offset = (flags & 0x1fff) * 8;
    const proto = this.#number(at + 9, 1);
    this.#address("src", 4, this.#big(at + 12, 4));
    this.#address("dst", 4, this.#big(at + 16, 4));
    this.#set("ip.version", 4);
    this.#set("ip4.ihl", words);
    this.#set("ip4.hlen", 4 * words);
    for (const root of ["ip", "ip4"]) {
      this.#set(`${root}.tos`, this.#number(at + 1, 1));
      this.#set(`${root}.len`, length);
      this.#set(`${root}.id`, this.#number(at + 4, 2));
      this.fields.set(`${root}.df`, (flags & 0x4000) !== 0);
      this.fields.set(`${root}.mf`, (flags & 0x2000) !== 0);
      this.#set(`${root}.frag`, offset);
      this.#set(`${root}.ttl`, this.#number(at + 8, 1));
      this.#set(`${root}.proto`, proto);
    }
    if (length >= 4 * words) this.#set("ip.plen", length - 4 * words);
    if (offset === 0) this.#transport(at + 4 * words, proto, 4);
  }

  #ip6(at: number): void {
    if (!this.#linear(at, 40)) return;
    this.#start ??= { link: "raw", at };
    this.present.add("ip").add("ip6");
    const length = this.#number(at + 4, 2);
    this.#address("src", 6, this.#big(at + 8, 16));
    this.#address("dst", 6, this.#big(at + 24, 16));
    this.#set("ip.version", 6);
    this.#set("ip6.nxt", this.#number(at + 6, 1));
    this.#set("ip6.flow", this.#number(at, 4) & 0xfffff);
    this.#set("ip6.plen", length);
    for (const root of ["ip", "ip6"]) {
      this.#set(`${root}.tos`, (this.#number(at, 2) >> 4) & 0xff);
      this.#set(`${root}.len`, length + 40);
      this.#set(`${root}.ttl`, this.#number(at + 7, 1));
    }
    let next = this.#number(at + 6, 1);
    let place = at + 40;
    let fragment = 0;
    for (let i = 0; EXTENSIONS.includes(next) && fragment === 0; i++) {
      if (i === 6 || !this.#linear(place, 8)) return;
      const units = this.#number(place + 1, 1);
      if (next === 44) {
        fragment = this.#number(place + 2, 2) & 0xfff8;
        for (const root of ["ip", "ip6"]) {
          this.#set(`${root}.id`, this.#number(place + 4, 4));
          this.fields.set(`${root}.mf`, (this.#number(place + 3, 1) & 1) === 1);
        }
      }
      const size = next === 44 ? 8 : next === 51 ? (units + 2) * 4 : (units + 1) * 8;
      next = this.#number(place, 1);
      place += size;
    }
    for (const root of ["ip", "ip6"]) {
      this.#set(`${root}.proto`, next);
      this.#set(`${root}.frag`, fragment);
    }
    const left = 40 + length - (place - at);
    if (length !== 0 && left >= 0) this.#set("ip.plen", left);
    if (fragment === 0) this.#transport(place, next, 6);
  }

  #transport(at: number, proto: number, version: 4 | 6): void {
    this.#carried = { at, proto, version };
    let dataStart = at;
    const data = (start: number): void => {
      const { head, tail } = this.#packet;
      dataStart = start;
      this.payload = start <= tail ? head.slice(start, tail) : undefined;
    };
    const header = (name: PresenceName, size: number): boolean => {
      if (!this.#linear(at, size)) return false;
      this.present.add(name);
      data(at + (name === "icmp" || name === "icmp6" ? 8 : size));
      return true;
    };
    const ports = (name: string): void => {
      this.#set(`${name}.sport`, this.#number(at, 2));
      this.#set(`${name}.dport`, this.#number(at + 2, 2));
    };
    const echo = (name: string, types: readonly number[]): void => {
      const type = this.#number(at, 1);
      this.#set(`${name}.type`, type);
      this.#set(`${name}.code`, this.#number(at + 1, 1));
      if (!types.includes(type)) return;
      if (this.#linear(at + 4, 2)) this.#set(`${name}.id`, this.#number(at + 4, 2));
      if (this.#linear(at + 6, 2)) this.#set(`${name}.seq`, this.#number(at + 6, 2));
    };
    data(at);
    if (proto === 6 && header("tcp", 20)) {
      const size = (this.#number(at + 12, 1) >> 4) * 4;
      ports("tcp");
      this.#set("tcp.seq", this.#number(at + 4, 4));
      this.#set("tcp.ack", this.#number(at + 8, 4));
      this.#set("tcp.flags", this.#number(at + 13, 1));
      this.#set("tcp.win", this.#number(at + 14, 2));
      this.#set("tcp.hlen", size);
      const plen = this.fields.get("ip.plen");
      if (typeof plen === "bigint") this.#set("tcp.len", plen > size ? plen - BigInt(size) : 0n);
      data(at + size);
    } else if (proto === 17 && header("udp", 8)) {
      ports("udp");
      this.#set("udp.len", this.#number(at + 4, 2));
    } else if (proto === 1 && version === 4 && header("icmp", 4)) echo("icmp", [0, 8]);
    else if (proto === 58 && version === 6 && header("icmp6", 4)) echo("icmp6", [128, 129]);
    else if (proto === 132 && header("sctp", 12)) ports("sctp");
    else if (proto === 50 && header("esp", 8)) this.#set("esp.spi", this.#number(at, 4));
    else if (proto === 47 && header("gre", 4)) {
      const flags = this.#number(at, 2);
      const key = at + 4 + (flags & 0x8000 ? 4 : 0);
      const keyed = (flags & 0x2000) !== 0 && (flags & 7) === 0;
      if (keyed && this.#linear(key, 4)) this.#set("gre.key", this.#number(key, 4));
      const options = [0x8000, 0x2000, 0x1000].filter((bit) => flags & bit).length;
      data(at + 4 + 4 * options);
    }
    const all = this.fields.get("ip.plen");
    const length = typeof all === "bigint" ? all - BigInt(dataStart - at) : -1n;
    if (length >= 0n) this.#set("payload.len", Number(length));
  }
}
