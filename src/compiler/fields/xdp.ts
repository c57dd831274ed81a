import { int, size, string, u32 } from "../types.ts";
import { arpFields } from "./arp.ts";
import { espFields } from "./esp.ts";
import { ethFields, vlanFields } from "./eth.ts";
import { eventFields } from "./event.ts";
import type { Field } from "./field.ts";
import { greFields } from "./gre.ts";
import { icmp6Fields, icmpFields } from "./icmp.ts";
import { ip4Fields, ip6Fields, ipFields } from "./ip.ts";
import { path } from "./read.ts";
import { sctpFields } from "./sctp.ts";
import { tcpFields } from "./tcp.ts";
import { tupleFields } from "./tuple.ts";
import { udpFields } from "./udp.ts";

/** Names of `enum xdp_action`, in order (include/uapi/linux/bpf.h); the running kernel may have more. */
const verdicts = new Map(
  ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"].map((name, i) => [name, BigInt(i)]),
);

/** What a frame at an XDP program has instead of the packet's fields: there is no `struct sk_buff` yet. */
const own: readonly Field[] = [
  {
    name: "len",
    type: size,
    doc: "Bytes of the frame that the program can see: from `xdp->data` to `xdp->data_end`.",
    read: { from: "expr", text: "xdp->data_end - xdp->data" },
    column: { title: "LEN", width: 6 },
  },
  {
    name: "iface",
    type: string(16),
    doc: "Name of the device the frame came in on.",
    read: path("xdp->rxq->dev->name"),
    column: { title: "IFACE", width: 15 },
  },
  {
    name: "ifindex",
    type: int(32, { signed: true }),
    doc: "Index of the device the frame came in on.",
    read: path("xdp->rxq->dev->ifindex"),
    column: { title: "IFINDEX", width: 7 },
  },
  {
    name: "netns",
    type: u32,
    doc: "Network namespace of the device.",
    read: path("xdp->rxq->dev->nd_net.net->ns.inum"),
    column: { title: "NETNS", width: 12 },
  },
  {
    name: "queue",
    type: u32,
    doc: "Receive queue the frame came in on.",
    read: path("xdp->rxq->queue_index"),
    column: { title: "QUEUE", width: 5 },
  },
  {
    name: "ret",
    type: int(32, { names: { name: "xdp_action", values: verdicts } }),
    doc: "The program's verdict.",
    read: { from: "event", what: "verdict" },
    btfEnum: [{ name: "xdp_action", prefix: "" }],
    column: { title: "RET", width: 12 },
  },
];

/** Of the event those that need no packet. */
const OF_EVENT: ReadonlySet<string> = new Set([
  "time",
  "func",
  "stack",
  "cpu",
  "pid",
  "tid",
  "comm",
  "process",
  "context",
  "cgroup",
]);

const shared: readonly Field[] = [
  ...eventFields.filter(({ name }) => OF_EVENT.has(name)),
  ...[ethFields, vlanFields, arpFields, ipFields, ip4Fields, ip6Fields, tcpFields, udpFields].flat(),
  ...[icmpFields, icmp6Fields, sctpFields, espFields, greFields, tupleFields].flat(),
];

/** The fields of `trace xdp`, by name. */
export const XDP_FIELDS: ReadonlyMap<string, Field> = new Map(
  [...shared, ...own].map((field) => [field.name, field]),
);

/** Those that mean something else than in `trace skb`, for the documentation. */
export const OWN_XDP_FIELDS = own;
