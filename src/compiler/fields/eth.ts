import { int, mac, u8, u16 } from "../types.ts";
import { etherTypes } from "./enums.ts";
import type { Field } from "./field.ts";
import { expr, header } from "./read.ts";

const noEthernet = "packets without an Ethernet header: not written yet, or not an Ethernet device";
const untagged = "untagged packets";

/** IEEE 802.3 and 802.1Q. */
export const ethFields: readonly Field[] = [
  {
    name: "eth.src",
    type: mac,
    doc: "Source address of the Ethernet frame.",
    optional: noEthernet,
    read: header("eth", 6, 6),
    column: { title: "ETH_SRC", width: 17 },
    aka: ["ether.src", "eth.saddr", "ether.shost"],
  },
  {
    name: "eth.dst",
    type: mac,
    doc: "Destination address of the Ethernet frame.",
    optional: noEthernet,
    read: header("eth", 0, 6),
    column: { title: "ETH_DST", width: 17 },
    aka: ["ether.dst", "eth.daddr", "ether.dhost"],
  },
  {
    name: "eth.type",
    type: int(16, { base: "hex", names: etherTypes }),
    doc: "Ethertype of the frame as it stands in it: VLAN for a frame with a tag in it.",
    optional: noEthernet,
    read: header("eth", 12, 2),
    column: { title: "ETH_TYPE", width: 8 },
    aka: ["ether.type", "ether.proto"],
  },
];

export const vlanFields: readonly Field[] = [
  {
    name: "vlan.tci",
    type: int(16, { base: "hex" }),
    doc: "Tag control information of the outer VLAN tag, from the socket buffer (`vlan_tci`) or else the frame.",
    optional: untagged,
    read: { from: "view", what: "vlan.tci" },
    column: { title: "VLAN_TCI", width: 8 },
  },
  {
    name: "vlan.id",
    type: u16,
    doc: "VLAN id of the outer tag (IEEE 802.1Q), from the socket buffer or else the frame.",
    optional: untagged,
    read: expr("vlan.tci & 0xfff"),
    column: { title: "VLAN", width: 4 },
    aka: ["vlan.vid", "vid"],
  },
  {
    name: "vlan.pcp",
    type: u8,
    doc: "Priority code point of the outer VLAN tag.",
    optional: untagged,
    read: expr("vlan.tci >> 13"),
    column: { title: "PCP", width: 3 },
    aka: ["vlan.priority"],
  },
];
