import { int, size, u16, u32 } from "../types.ts";
import { tcpFlags } from "./enums.ts";
import type { Field } from "./field.ts";
import { destinationPort, sourcePort } from "./ports.ts";
import { either, expr, header } from "./read.ts";

const notTcp = "packets that are not TCP, and later fragments";
const unwritten = `${notTcp}, and packets whose TCP header is not written yet`;

/** RFC 9293. */
export const tcpFields: readonly Field[] = [
  {
    name: "tcp.sport",
    type: u16,
    doc: "Source port; of a packet without headers yet, its socket's.",
    optional: notTcp,
    read: sourcePort("tcp"),
    column: { title: "SPORT", width: 5 },
    aka: ["tcp.srcport", "tcp.src", "sport"],
  },
  {
    name: "tcp.dport",
    type: u16,
    doc: "Destination port; of a packet without headers yet, its socket's.",
    optional: notTcp,
    read: destinationPort("tcp"),
    column: { title: "DPORT", width: 5 },
    aka: ["tcp.dstport", "tcp.dst", "dport"],
  },
  {
    name: "tcp.port",
    type: u16,
    doc: "Either port: `==` asks whether one of them is, `!=` whether none is.",
    optional: notTcp,
    read: either("tcp.sport", "tcp.dport"),
    column: { title: "PORT", width: 11 },
    aka: ["port"],
  },
  {
    name: "tcp.seq",
    type: u32,
    doc: "Sequence number, as it stands in the header.",
    optional: unwritten,
    read: header("tcp", 4, 4),
    column: { title: "SEQ", width: 10 },
    aka: ["tcp.seq_raw"],
  },
  {
    name: "tcp.ack",
    type: u32,
    doc: "Acknowledgement number, as it stands in the header.",
    optional: unwritten,
    read: header("tcp", 8, 4),
    column: { title: "ACK", width: 10 },
    aka: ["tcp.ack_raw"],
  },
  {
    name: "tcp.flags",
    type: int(8, { names: tcpFlags, base: "hex" }),
    doc: "Flags: FIN SYN RST PSH ACK URG ECE CWR.",
    optional: unwritten,
    read: header("tcp", 13, 1),
    column: { title: "FLAGS", width: 7 },
    aka: ["tcp.tcpflags", "tcpflags"],
  },
  {
    name: "tcp.win",
    type: u16,
    doc: "Receive window, not scaled.",
    optional: unwritten,
    read: header("tcp", 14, 2),
    column: { title: "WIN", width: 5 },
    aka: ["tcp.window_size_value", "tcp.window", "tcp.window_size"],
  },
  {
    name: "tcp.hlen",
    type: size,
    doc: "Length of the TCP header with its options, in bytes.",
    optional: unwritten,
    read: header("tcp", 12, 1, { shift: 2, mask: 0x3c }),
    column: { title: "TCP_HLEN", width: 8 },
    aka: ["tcp.hdr_len"],
  },
  {
    name: "tcp.len",
    type: size,
    doc: "Bytes of data after the TCP header, by the IP header's length.",
    optional: unwritten,
    read: expr("max(ip.plen, tcp.hlen) - tcp.hlen"),
    column: { title: "TCP_LEN", width: 7 },
  },
];
