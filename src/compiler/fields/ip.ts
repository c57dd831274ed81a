import { bool, int, ip, ip4, ip6, size, u8 } from "../types.ts";
import { ipProtocols } from "./enums.ts";
import type { Field, Read } from "./field.ts";
import { either, expr, first, given, header, path } from "./read.ts";

const notIp = "packets that are not IP";
const unwritten = `${notIp}, or whose IP header is not written yet`;
const notIp4 = "packets that are not IPv4";
const notIp6 = "packets that are not IPv6";

/** Before the headers are written a packet's addresses are its socket's; an unconnected socket has 0 for "any". */
const socket4 = (member: string): Read =>
  path(`skb->sk->__sk_common.${member}`, { absent: 0n, given: given("sock4") });
const socket6 = (member: string): Read =>
  path(`skb->sk->__sk_common.${member}`, { absent: 0n, given: given("sock6") });
const source4: readonly Read[] = [header("ip4", 12, 4), socket4("skc_rcv_saddr")];
const target4: readonly Read[] = [header("ip4", 16, 4), socket4("skc_daddr")];
const source6: readonly Read[] = [header("ip6", 8, 16), socket6("skc_v6_rcv_saddr")];
const target6: readonly Read[] = [header("ip6", 24, 16), socket6("skc_v6_daddr")];

const ttl4 = header("ip4", 8, 1);
const ttl6 = header("ip6", 7, 1);
const tos4 = header("ip4", 1, 1);
const tos6 = header("ip6", 0, 2, { shift: 4, mask: 0xff });
const id4 = header("ip4", 4, 2);
const id6 = header("frag6", 4, 4);
const df = header("ip4", 6, 2, { shift: 14, mask: 1 });
const mf4 = header("ip4", 6, 2, { shift: 13, mask: 1 });
const mf6 = header("frag6", 2, 2, { mask: 1 });

const len6 = header("ip6", 4, 2, { add: 40 });

const proto = int(8, { names: ipProtocols });

/** Both families (RFC 791, RFC 8200). */
export const ipFields: readonly Field[] = [
  {
    name: "ip.src",
    type: ip,
    doc: "Source address; of a packet without headers yet, its socket's.",
    optional: notIp,
    read: first(...source4, ...source6),
    column: { title: "SRC", width: 15 },
    aka: ["ip.src_host", "ip.saddr", "src"],
  },
  {
    name: "ip.dst",
    type: ip,
    doc: "Destination address; of a packet without headers yet, its socket's.",
    optional: notIp,
    read: first(...target4, ...target6),
    column: { title: "DST", width: 15 },
    aka: ["ip.dst_host", "ip.daddr", "dst"],
  },
  {
    name: "ip.addr",
    type: ip,
    doc: "Either address: `==` asks whether one of them is, `!=` whether none is.",
    optional: notIp,
    read: either("ip.src", "ip.dst"),
    column: { title: "ADDR", width: 31 },
    aka: ["ip.host", "host"],
  },
  {
    name: "ip.version",
    type: u8,
    doc: "4 or 6.",
    optional: notIp,
    read: { from: "view", what: "ip.version" },
    column: { title: "IP", width: 2 },
  },
  {
    name: "ip.proto",
    type: proto,
    doc: "Protocol of the transport header, after any IPv6 extension headers.",
    optional: `${notIp}, or whose extension headers are cut short`,
    read: { from: "view", what: "ip.proto" },
    column: { title: "IP_PROTO", width: 8 },
    aka: ["ip.protocol", "ip.p", "l4proto"],
  },
  {
    name: "ip.ttl",
    type: u8,
    doc: "Time to live, or IPv6's hop limit.",
    optional: unwritten,
    read: first(ttl4, ttl6),
    column: { title: "TTL", width: 3 },
    aka: ["ip.hlim", "ip.hoplimit"],
  },
  {
    name: "ip.tos",
    type: int(8, { base: "hex" }),
    doc: "Type of service, or IPv6's traffic class: DSCP and ECN.",
    optional: unwritten,
    read: first(tos4, tos6),
    column: { title: "TOS", width: 4 },
    aka: ["ip.dsfield", "ip.tclass"],
  },
  {
    name: "ip.id",
    type: int(32, { base: "hex" }),
    doc: "Identification: of the IPv4 header, or of IPv6's fragment header.",
    optional: `${unwritten}, and IPv6 without a fragment header`,
    read: first(id4, id6),
    column: { title: "IP_ID", width: 10 },
  },
  {
    name: "ip.df",
    type: bool,
    doc: 'The "don\'t fragment" flag.',
    optional: `${unwritten}, and IPv6`,
    read: df,
    column: { title: "DF", width: 5 },
    aka: ["ip.flags.df"],
  },
  {
    name: "ip.mf",
    type: bool,
    doc: 'The "more fragments" flag.',
    optional: `${unwritten}, and IPv6 without a fragment header`,
    read: first(mf4, mf6),
    column: { title: "MF", width: 5 },
    aka: ["ip.flags.mf"],
  },
  {
    name: "ip.frag",
    type: size,
    doc: "Offset of the fragment in bytes; 0 for a first fragment and for a whole packet.",
    optional: unwritten,
    read: { from: "view", what: "frag.offset" },
    column: { title: "FRAG", width: 5 },
    aka: ["ip.frag_offset", "ip.fragment"],
  },
  {
    name: "ip.len",
    type: size,
    doc: "Length the IP header says the whole packet has; 0 or 40 for one longer than 64 KiB.",
    optional: unwritten,
    read: first(header("ip4", 2, 2), len6),
    column: { title: "IP_LEN", width: 6 },
    aka: ["ip.total_length"],
  },
  {
    name: "ip.plen",
    type: size,
    doc: "Bytes after the IP headers, extension headers too, by the length the IP header says.",
    optional: `${unwritten}, or that the IP header gives no such length`,
    read: { from: "view", what: "ip.payload" },
    column: { title: "IP_PLEN", width: 7 },
  },
  {
    name: "payload.len",
    type: size,
    doc: "Bytes after the transport header, by the length the IP header says; also written `len(payload)`.",
    optional: `${unwritten}, later fragments, and packets whose headers are longer than that`,
    read: { from: "view", what: "payload.len" },
    column: { title: "PAYLOAD", width: 7 },
    aka: ["data.len"],
  },
];

export const ip4Fields: readonly Field[] = [
  {
    name: "ip4.src",
    type: ip4,
    doc: "IPv4 source address; of a packet without headers yet, its socket's.",
    optional: notIp4,
    read: first(...source4),
    column: { title: "SRC", width: 15 },
    aka: ["ipv4.src"],
  },
  {
    name: "ip4.dst",
    type: ip4,
    doc: "IPv4 destination address; of a packet without headers yet, its socket's.",
    optional: notIp4,
    read: first(...target4),
    column: { title: "DST", width: 15 },
    aka: ["ipv4.dst"],
  },
  {
    name: "ip4.addr",
    type: ip4,
    doc: "Either IPv4 address.",
    optional: notIp4,
    read: either("ip4.src", "ip4.dst"),
    column: { title: "ADDR", width: 31 },
    aka: ["ipv4.addr"],
  },
  {
    name: "ip4.proto",
    type: proto,
    doc: "Protocol, as the IPv4 header says.",
    optional: notIp4,
    read: header("ip4", 9, 1),
    column: { title: "IP_PROTO", width: 8 },
    aka: ["ipv4.proto"],
  },
  {
    name: "ip4.ttl",
    type: u8,
    doc: "Time to live.",
    optional: notIp4,
    read: ttl4,
    column: { title: "TTL", width: 3 },
    aka: ["ipv4.ttl"],
  },
  {
    name: "ip4.tos",
    type: int(8, { base: "hex" }),
    doc: "Type of service: DSCP and ECN (RFC 2474, RFC 3168).",
    optional: notIp4,
    read: tos4,
    column: { title: "TOS", width: 4 },
  },
  {
    name: "ip4.id",
    type: int(16, { base: "hex" }),
    doc: "Identification.",
    optional: notIp4,
    read: id4,
    column: { title: "IP_ID", width: 6 },
  },
  { name: "ip4.df", type: bool, doc: 'The "don\'t fragment" flag.', optional: notIp4, read: df },
  { name: "ip4.mf", type: bool, doc: 'The "more fragments" flag.', optional: notIp4, read: mf4 },
  {
    name: "ip4.frag",
    type: size,
    doc: "Offset of the fragment in bytes.",
    optional: notIp4,
    read: { from: "view", what: "frag.offset", given: given("ip4") },
    column: { title: "FRAG", width: 5 },
  },
  {
    name: "ip4.len",
    type: size,
    doc: "Total length.",
    optional: notIp4,
    read: header("ip4", 2, 2),
    column: { title: "IP_LEN", width: 6 },
  },
  {
    name: "ip4.hlen",
    type: size,
    doc: "Length of the IPv4 header with its options.",
    optional: notIp4,
    read: expr("ip4.ihl * 4"),
    column: { title: "IP_HLEN", width: 7 },
    aka: ["ip.hdr_len"],
  },
  {
    name: "ip4.ihl",
    type: u8,
    doc: "Length of the IPv4 header in words of four bytes.",
    optional: notIp4,
    read: header("ip4", 0, 1, { mask: 0xf }),
    column: { title: "IHL", width: 3 },
  },
];

export const ip6Fields: readonly Field[] = [
  {
    name: "ip6.src",
    type: ip6,
    doc: "IPv6 source address; of a packet without headers yet, its socket's.",
    optional: notIp6,
    read: first(...source6),
    column: { title: "SRC", width: 39 },
    aka: ["ipv6.src"],
  },
  {
    name: "ip6.dst",
    type: ip6,
    doc: "IPv6 destination address; of a packet without headers yet, its socket's.",
    optional: notIp6,
    read: first(...target6),
    column: { title: "DST", width: 39 },
    aka: ["ipv6.dst"],
  },
  {
    name: "ip6.addr",
    type: ip6,
    doc: "Either IPv6 address.",
    optional: notIp6,
    read: either("ip6.src", "ip6.dst"),
    column: { title: "ADDR", width: 79 },
    aka: ["ipv6.addr"],
  },
  {
    name: "ip6.proto",
    type: proto,
    doc: "Protocol of the transport header, after the extension headers.",
    optional: `${notIp6}, or whose extension headers are cut short`,
    read: { from: "view", what: "ip.proto", given: given("ip6") },
    column: { title: "IP_PROTO", width: 8 },
  },
  {
    name: "ip6.nxt",
    type: proto,
    doc: "Next header, as the IPv6 header says: an extension header or the transport.",
    optional: notIp6,
    read: header("ip6", 6, 1),
    column: { title: "NXT", width: 8 },
    aka: ["ipv6.nxt"],
  },
  {
    name: "ip6.ttl",
    type: u8,
    doc: "Hop limit.",
    optional: notIp6,
    read: ttl6,
    column: { title: "TTL", width: 3 },
    aka: ["ipv6.hlim", "ip6.hlim"],
  },
  {
    name: "ip6.tos",
    type: int(8, { base: "hex" }),
    doc: "Traffic class: DSCP and ECN.",
    optional: notIp6,
    read: tos6,
    column: { title: "TOS", width: 4 },
    aka: ["ipv6.tclass", "ip6.tclass"],
  },
  {
    name: "ip6.flow",
    type: int(32, { base: "hex" }),
    doc: "Flow label.",
    optional: notIp6,
    read: header("ip6", 0, 4, { mask: 0xfffff }),
    column: { title: "FLOW", width: 7 },
    aka: ["ipv6.flow", "ip6.flowlabel"],
  },
  {
    name: "ip6.id",
    type: int(32, { base: "hex" }),
    doc: "Identification in the fragment header.",
    optional: `${notIp6} or have no fragment header`,
    read: id6,
    column: { title: "IP_ID", width: 10 },
  },
  {
    name: "ip6.mf",
    type: bool,
    doc: 'The "more fragments" flag.',
    optional: `${notIp6} or have no fragment header`,
    read: mf6,
  },
  {
    name: "ip6.frag",
    type: size,
    doc: "Offset of the fragment in bytes; 0 for a whole packet.",
    optional: `${notIp6}, or whose extension headers are cut short`,
    read: { from: "view", what: "frag.offset", given: given("ip6") },
    column: { title: "FRAG", width: 5 },
  },
  {
    name: "ip6.plen",
    type: size,
    doc: "Payload length, as the IPv6 header says: all that follows it; 0 for one longer than 64 KiB.",
    optional: notIp6,
    read: header("ip6", 4, 2),
    column: { title: "IP_PLEN", width: 7 },
    aka: ["ipv6.plen"],
  },
  {
    name: "ip6.len",
    type: size,
    doc: "Length of the whole packet: the payload length and 40.",
    optional: notIp6,
    read: len6,
    column: { title: "IP_LEN", width: 6 },
  },
];
