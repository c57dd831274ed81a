import { bytes, int, size, string, type Type, u16, u32 } from "../types.ts";
import { checksums, etherTypes, gsoTypes, pktTypes } from "./enums.ts";
import type { Field, Read } from "./field.ts";
import { first, path } from "./read.ts";
import { routeMtu } from "./state.ts";

const skb = (member: string, type: Type, doc: string, rest: Partial<Field> = {}): Field => ({
  name: member,
  type,
  doc,
  read: path(`skb->${member}`),
  ...rest,
});

const unattached = "packets that are not on a device, such as early transmit";
/** `nd_net` is there since 4.1; the socket knows before the packet has a device. */
const netns: Read = first(
  path("skb->dev->nd_net.net->ns.inum"),
  path("skb->sk->__sk_common.skc_net.net->ns.inum"),
);

/** What the socket buffer says about the packet, besides its headers. */
export const packetFields: readonly Field[] = [
  skb("len", size, "Bytes of the packet from where the kernel currently is in it (`skb->len`).", {
    column: { title: "LEN", width: 6 },
    aka: ["frame.len", "length"],
  }),
  skb("data_len", size, "Bytes of it in page fragments, outside the linear part (`skb->data_len`).", {
    column: { title: "DATA_LEN", width: 8 },
  }),
  skb("mark", int(32, { base: "hex" }), "The packet's mark (`skb->mark`), as nftables and ip rule see it.", {
    column: { title: "MARK", width: 10 },
    aka: ["skb.mark", "fwmark", "meta.mark"],
  }),
  skb("priority", u32, "Queueing priority (`skb->priority`).", { column: { title: "PRIORITY", width: 8 } }),
  skb("hash", int(32, { base: "hex" }), "Flow hash (`skb->hash`), 0 if none was computed.", {
    column: { title: "HASH", width: 10 },
    aka: ["rxhash"],
  }),
  skb(
    "protocol",
    int(16, { base: "hex", names: etherTypes }),
    "Ethertype the kernel goes by (`skb->protocol`).",
    {
      column: { title: "PROTO", width: 6 },
      aka: ["skb.protocol", "proto", "ethertype"],
    },
  ),
  {
    name: "iface",
    type: string(16),
    doc: "Name of the device the packet is on (`skb->dev->name`).",
    optional: unattached,
    read: path("skb->dev->name"),
    column: { title: "IFACE", width: 15 },
    aka: ["ifname", "dev", "interface", "frame.interface_name"],
  },
  {
    name: "ifindex",
    type: int(32, { signed: true }),
    doc: "Index of the device the packet is on (`skb->dev->ifindex`).",
    optional: unattached,
    read: path("skb->dev->ifindex"),
    column: { title: "IFINDEX", width: 7 },
    aka: ["frame.interface_id"],
  },
  {
    name: "netns",
    type: u32,
    doc: "Network namespace of the device, else of the socket: its name where it has one, else its inode.",
    optional: "packets with neither device nor socket",
    read: netns,
    column: { title: "NETNS", width: 12 },
  },
  {
    name: "mtu",
    type: size,
    doc: "MTU that applies: the route's where it has its own, else the device's.",
    optional: "packets with neither route nor device",
    read: first(...routeMtu, path("skb->dev->mtu")),
    column: { title: "MTU", width: 6 },
  },
  {
    name: "queue",
    type: u16,
    doc: "Device queue (`skb->queue_mapping`): of the transmit side, or one more than the receive queue's number.",
    read: path("skb->queue_mapping"),
    column: { title: "QUEUE", width: 5 },
    aka: ["queue_mapping"],
  },
  skb("cb", bytes(48), "Control buffer (`skb->cb`): scratch space of the layer that owns the packet.", {
    column: { title: "CB", width: 24 },
  }),
  {
    name: "cb.bpf",
    type: { kind: "bytes", size: 20, words: true },
    doc: "The part of the control buffer that BPF programs see as `__sk_buff->cb`, as its five words.",
    // `qdisc_skb_cb.data`, behind pkt_len, slave_dev_queue_mapping and tc_classid (include/net/sch_generic.h).
    read: path("skb->cb[8]"),
    column: { title: "CB_BPF", width: 24 },
    aka: ["__sk_buff.cb"],
  },
  {
    name: "gso.size",
    type: u16,
    doc: "Payload bytes of each segment the packet will be split into (`gso_size`); 0 if it will not.",
    read: path("shinfo->gso_size"),
    column: { title: "GSO_SIZE", width: 8 },
    aka: ["gso_size"],
  },
  {
    name: "gso.segs",
    type: u16,
    doc: "Number of segments the packet stands for (`gso_segs`); 0 if not known.",
    read: path("shinfo->gso_segs"),
    column: { title: "GSO_SEGS", width: 8 },
    aka: ["gso_segs"],
  },
  {
    name: "gso.type",
    type: int(32, { names: gsoTypes, base: "hex" }),
    doc: "How the packet is to be segmented (`gso_type`).",
    read: path("shinfo->gso_type"),
    column: { title: "GSO_TYPE", width: 16 },
    aka: ["gso_type"],
  },
  skb(
    "pkt_type",
    int(8, { names: pktTypes }),
    "For whom the packet is, by its link-layer address (`skb->pkt_type`).",
    {
      column: { title: "PKT_TYPE", width: 9 },
      aka: ["sll.pkttype"],
    },
  ),
  skb("ip_summed", int(8, { names: checksums }), "State of the checksum (`skb->ip_summed`).", {
    column: { title: "IP_SUMMED", width: 11 },
  }),
  {
    name: "tstamp",
    type: int(64, { signed: true }),
    doc: "The packet's own time stamp in nanoseconds (`skb->tstamp`): arrival, or when to send.",
    optional: "packets without a time stamp",
    read: path("skb->tstamp", { absent: 0n }),
    column: { title: "TSTAMP", width: 19 },
  },
];
