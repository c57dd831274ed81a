import type { Btf } from "../../src/compiler/btf/btf.ts";
import { findMember, findStruct } from "../../src/compiler/btf/struct.ts";
import { type Device, isSmall, lengthOf, type Packet, type Route, type Socket } from "./packet.ts";

/** A piece of kernel memory. */
export interface Region {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

export interface LaidOut {
  /** Address of the `struct sk_buff`. */
  readonly skb: bigint;
  readonly regions: readonly Region[];
}

/** A packet as it lies in the memory of the kernel whose types these are; everything not set is 0. */
export function layOut(packet: Packet, btfs: readonly Btf[]): LaidOut {
  const memory = new Layout(btfs);
  const skb = memory.struct("sk_buff");
  const head = memory.head(packet.head);
  skb.set("head", head.address);
  skb.set("data", head.address + BigInt(packet.data));
  skb.set("tail", packet.tail);
  skb.set("end", packet.head.length);
  skb.set("len", lengthOf(packet));
  skb.set("data_len", packet.dataLen);
  skb.set("mac_header", packet.macHeader ?? 0xffff);
  skb.set("network_header", packet.networkHeader);
  skb.set("transport_header", 0xffff);
  skb.setNetworkOrder("protocol", packet.protocol, 2);
  if (packet.tag) {
    skb.setNetworkOrder("vlan_proto", packet.tag.proto, 2);
    skb.set("vlan_tci", packet.tag.tci);
    if (skb.has("vlan_present")) skb.set("vlan_present", 1);
  }
  skb.set("mark", packet.mark);
  skb.set("priority", packet.priority);
  skb.set("hash", packet.hash);
  skb.set("queue_mapping", packet.queue);
  skb.set("pkt_type", packet.pktType);
  skb.set("ip_summed", packet.ipSummed);
  skb.set("tstamp", packet.tstamp);
  skb.setBytes("cb", packet.cb);
  head.set("gso_size", packet.gso.size);
  head.set("gso_segs", packet.gso.segs);
  head.set("gso_type", packet.gso.type);
  // A UDP receive queue keeps `truesize` and `len` here (udp_set_dev_scratch).
  if (packet.device === "queued") skb.set("dev", 0x0000_0100_0000_0900n);
  else if (packet.device) skb.set("dev", device(memory, packet.device));
  if (packet.socket) skb.set("sk", socket(memory, packet.socket));
  if (packet.route === "queued") {
    // An empty list head points to itself; it has the place of `_skb_refdst` and `destructor`.
    skb.set("_skb_refdst", skb.address + BigInt(skb.offset("tcp_tsorted_anchor")));
    skb.set("destructor", skb.address + BigInt(skb.offset("tcp_tsorted_anchor")));
  } else if (packet.route) skb.set("_skb_refdst", route(memory, packet.route) | 1n);
  const { conntrack } = packet;
  if (conntrack) {
    const entry = conntrack.entry && memory.struct("nf_conn");
    if (entry && conntrack.entry) {
      entry.set("mark", conntrack.entry.mark);
      entry.set("zone.id", conntrack.entry.zone);
      entry.set("status", conntrack.entry.status);
    }
    skb.set("_nfct", (entry?.address ?? 0n) | BigInt(conntrack.info));
  }
  return { skb: skb.address, regions: memory.regions };
}

function device(memory: Layout, { name, ifindex, type, mtu, netns }: Device): bigint {
  const dev = memory.struct("net_device");
  dev.setBytes("name", new TextEncoder().encode(name).slice(0, 15));
  dev.set("ifindex", ifindex);
  dev.set("type", type);
  dev.set("mtu", mtu);
  dev.set("nd_net.net", namespace(memory, netns));
  return dev.address;
}

function namespace(memory: Layout, inode: number): bigint {
  const net = memory.struct("net");
  net.set("ns.inum", inode);
  return net.address;
}

function socket(memory: Layout, from: Socket): bigint {
  // What lies behind the common part of a small socket is not of a `struct sock`.
  const sk = memory.struct(isSmall(from) ? "sock_common" : "sock");
  const common = isSmall(from) ? "" : "__sk_common.";
  sk.set(`${common}skc_family`, from.family);
  sk.set(`${common}skc_state`, from.state);
  sk.setNetworkOrder(`${common}skc_rcv_saddr`, from.source4, 4);
  sk.setNetworkOrder(`${common}skc_daddr`, from.target4, 4);
  sk.setNetworkOrder(`${common}skc_v6_rcv_saddr`, from.source6, 16);
  sk.setNetworkOrder(`${common}skc_v6_daddr`, from.target6, 16);
  sk.set(`${common}skc_num`, from.sourcePort);
  sk.setNetworkOrder(`${common}skc_dport`, from.targetPort, 2);
  sk.set(`${common}skc_net.net`, namespace(memory, from.netns));
  if (!isSmall(from)) {
    sk.set("sk_protocol", from.protocol);
    sk.set("sk_uid.val", from.uid);
    sk.set("sk_mark", from.mark);
    const node = memory.struct("kernfs_node");
    node.set("id", from.cgroup);
    const cgroup = memory.struct("cgroup");
    cgroup.set("kn", node.address);
    sk.set("sk_cgrp_data.cgroup", cgroup.address);
  }
  return sk.address;
}

function route(memory: Layout, { family, pathMtu, metricMtu }: Route): bigint {
  const rt = memory.struct("rtable");
  const ops = memory.struct("dst_ops");
  const metrics = memory.struct("dst_metrics");
  ops.set("family", family);
  metrics.set("metrics", BigInt(metricMtu) << 32n);
  rt.set("rt_pmtu", pathMtu);
  rt.set("dst.ops", ops.address);
  // Bit 0: DST_METRICS_READ_ONLY.
  rt.set("dst._metrics", metrics.address | 1n);
  return rt.address;
}

/** Where slab objects lie on x86-64 without randomisation. */
const FIRST = 0xffff_8881_0000_0000n;
const ALIGNMENT = 0x1000n;

class Layout {
  readonly regions: Region[] = [];
  readonly #btfs: readonly Btf[];
  #next = FIRST;

  constructor(btfs: readonly Btf[]) {
    this.#btfs = btfs;
  }

  struct(tag: string): Struct {
    return this.#place(tag, new Uint8Array(this.#sizeOf(tag)), 0);
  }

  /** The head buffer, with `struct skb_shared_info` behind it. */
  head(bytes: Uint8Array): Struct {
    const tag = "skb_shared_info";
    const all = new Uint8Array(bytes.length + this.#sizeOf(tag));
    all.set(bytes);
    return this.#place(tag, all, bytes.length);
  }

  #sizeOf(tag: string): number {
    const found = findStruct(this.#btfs, tag);
    if (!found) throw new Error(`no struct ${tag} in this BTF`);
    return found.type.size;
  }

  #place(tag: string, bytes: Uint8Array, start: number): Struct {
    const address = this.#next;
    this.#next += (BigInt(bytes.length) / ALIGNMENT + 2n) * ALIGNMENT;
    this.regions.push({ name: tag, address, bytes });
    return new Struct(this.#btfs, tag, address, bytes, start);
  }
}

/** Where a member is in its struct, and how wide, in bits. */
interface Place {
  readonly bit: number;
  readonly bits: number;
}

/** Places are looked up thousands of times for a few kernels. */
const PLACES = new WeakMap<Btf, Map<string, Place | undefined>>();
function places(btf: Btf): Map<string, Place | undefined> {
  const known = PLACES.get(btf) ?? new Map<string, Place | undefined>();
  PLACES.set(btf, known);
  return known;
}

/** A struct that begins at byte `start` of a region at `address`. Members are named as in C, `.` for nested ones. */
class Struct {
  readonly address: bigint;
  readonly #btfs: readonly Btf[];
  readonly #tag: string;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  constructor(btfs: readonly Btf[], tag: string, address: bigint, bytes: Uint8Array, start: number) {
    this.address = address;
    this.#btfs = btfs;
    this.#tag = tag;
    this.#bytes = bytes;
    this.#start = start;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  offset(name: string): number {
    return this.#member(name).bit / 8;
  }

  /** Little-endian; of a bitfield only its bits change. */
  set(name: string, value: number | bigint): void {
    const { bit, bits } = this.#member(name);
    const first = bit & ~7;
    const view = new DataView(this.#bytes.buffer, this.#start + first / 8);
    const mask = ((1n << BigInt(bits)) - 1n) << BigInt(bit - first);
    const width = Math.ceil((bit - first + bits) / 8);
    let word = 0n;
    for (let i = 0; i < width; i++) word |= BigInt(view.getUint8(i)) << BigInt(8 * i);
    word = (word & ~mask) | ((BigInt(value) << BigInt(bit - first)) & mask);
    for (let i = 0; i < width; i++) view.setUint8(i, Number((word >> BigInt(8 * i)) & 0xffn));
  }

  setNetworkOrder(name: string, value: number | bigint, size: number): void {
    this.setBytes(
      name,
      Uint8Array.from({ length: size }, (_, i) =>
        Number((BigInt(value) >> BigInt(8 * (size - 1 - i))) & 0xffn),
      ),
    );
  }

  setBytes(name: string, bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#start + this.offset(name));
  }

  #member(name: string): Place {
    const found = this.#find(name);
    if (!found) throw new Error(`struct ${this.#tag} has no ${name} in this BTF`);
    return found;
  }

  #find(name: string): Place | undefined {
    const known = places(this.#btfs[0]!);
    const key = `${this.#tag} ${name}`;
    if (!known.has(key)) known.set(key, this.#locate(name));
    return known.get(key);
  }

  #locate(name: string): Place | undefined {
    let struct = findStruct(this.#btfs, this.#tag);
    let bit = 0;
    let bits = 0;
    for (const part of name.split(".")) {
      const found = struct && findMember(struct.btf, struct.type, part);
      if (!struct || !found) return undefined;
      bit += found.bitOffset;
      const type = struct.btf.resolve(found.member.type);
      bits = found.member.bitSize || 8 * (type.kind === "ptr" ? 8 : type.size || 8);
      struct = { btf: struct.btf, type };
    }
    return { bit, bits };
  }
}
