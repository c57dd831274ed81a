import { int, ip4, mac } from "../types.ts";
import { arpOps } from "./enums.ts";
import type { Field } from "./field.ts";
import { header } from "./read.ts";

const notArp = "packets that are not ARP for IPv4 over Ethernet";

/** RFC 826. */
export const arpFields: readonly Field[] = [
  {
    name: "arp.op",
    type: int(16, { names: arpOps }),
    doc: "ARP operation.",
    optional: notArp,
    read: header("arp", 6, 2),
    column: { title: "ARP_OP", width: 7 },
    aka: ["arp.opcode", "arp.operation"],
  },
  {
    name: "arp.sha",
    type: mac,
    doc: "ARP sender's hardware address.",
    optional: notArp,
    read: header("arp", 8, 6),
    column: { title: "ARP_SHA", width: 17 },
    aka: ["arp.src.hw_mac"],
  },
  {
    name: "arp.spa",
    type: ip4,
    doc: "ARP sender's protocol address.",
    optional: notArp,
    read: header("arp", 14, 4),
    column: { title: "ARP_SPA", width: 15 },
    aka: ["arp.src.proto_ipv4"],
  },
  {
    name: "arp.tha",
    type: mac,
    doc: "ARP target's hardware address.",
    optional: notArp,
    read: header("arp", 18, 6),
    column: { title: "ARP_THA", width: 17 },
    aka: ["arp.dst.hw_mac"],
  },
  {
    name: "arp.tpa",
    type: ip4,
    doc: "ARP target's protocol address.",
    optional: notArp,
    read: header("arp", 24, 4),
    column: { title: "ARP_TPA", width: 15 },
    aka: ["arp.dst.proto_ipv4"],
  },
];
