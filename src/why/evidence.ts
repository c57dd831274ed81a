import type { Field, Given, Read } from "../compiler/fields/field.ts";
import { path } from "../compiler/fields/read.ts";
import { bytes, int, ip4, string, type Type, u8, u16, u32, u64 } from "../compiler/types.ts";

/**
 * What is captured at a drop for its explanation, beside fields of the language: the union of what all explainers look
 * at. Each is absent where the packet, or the running kernel's types, do not have it.
 */

/** Bit 0 of `_skb_refdst` is SKB_DST_NOREF. */
const dst = "skb->_skb_refdst & ~1 : dst_entry";
/** Something else may be in that place while a packet is in a socket's queue; see fields/state.ts. */
const routed: readonly Given[] = [{ path: `${dst} -> ops -> family`, in: [2, 10] }];
const routed4: readonly Given[] = [{ path: `${dst} -> ops -> family`, in: [2] }];
/** TIME_WAIT and NEW_SYN_RECV sockets end after `sock_common`. */
const fullSocket: readonly Given[] = [{ path: "skb->sk->__sk_common.skc_state", notIn: [6, 12] }];
/** Element of `ipv4_devconf.data`: enum IPV4_DEVCONF_* of include/uapi/linux/ip.h, which begins with 1. */
const devconf = (number: number): { readonly own: Read; readonly all: Read } => ({
  own: path(`skb->dev->ip_ptr->cnf.data[${number - 1}]`),
  all: path(`skb->dev->nd_net.net->ipv4.devconf_all->data[${number - 1}]`),
});
const [forwarding, rpFilter, acceptLocal, routeLocalnet] = [devconf(1), devconf(8), devconf(23), devconf(26)];
const signed = int(32, { signed: true });

/** Frames of the stack: enough to get from the drop to the hook or the protocol that called. */
const FRAMES = 28;
/** Enough for two IP headers with a UDP header and a tunnel's between them. */
const DATA_BYTES = 64;

const ROWS = {
  /** From where the kernel is in the packet: the header that was refused. */
  data: [bytes(DATA_BYTES), path("skb->data[0]")],
  stack: [
    { kind: "stack", frames: FRAMES },
    { from: "event", what: "stack" },
  ],
  "dev.mtu": [u32, path("skb->dev->mtu")],
  "dev.flags": [u32, path("skb->dev->flags")],
  "dev.state": [u64, path("skb->dev->state")],
  "dev.operstate": [u8, path("skb->dev->operstate")],
  "dev.qdisc": [string(16), path("skb->dev->_tx->qdisc->ops->id")],
  "dev.qdisc.qlen": [u32, path("skb->dev->_tx->qdisc->q.qlen")],
  "dev.qdisc.limit": [u32, path("skb->dev->_tx->qdisc->limit")],
  "dev.tx_queue_len": [u32, path("skb->dev->tx_queue_len")],
  "dev.xdp.id": [u32, path("skb->dev->xdp_prog->aux->id")],
  "dev.xdp.name": [string(16), path("skb->dev->xdp_prog->aux->name")],
  "conf.rp_filter": [signed, rpFilter.own],
  "conf.all.rp_filter": [signed, rpFilter.all],
  "conf.forwarding": [signed, forwarding.own],
  "conf.accept_local": [signed, acceptLocal.own],
  "conf.all.accept_local": [signed, acceptLocal.all],
  "conf.route_localnet": [signed, routeLocalnet.own],
  "conf.all.route_localnet": [signed, routeLocalnet.all],
  "conf6.forwarding": [signed, path("skb->dev->ip6_ptr->cnf.forwarding")],
  "conf6.disable_ipv6": [signed, path("skb->dev->ip6_ptr->cnf.disable_ipv6")],
  "dst.dev": [string(16), path(`${dst} -> dev -> name`, { given: routed })],
  "dst.dev.mtu": [u32, path(`${dst} -> dev -> mtu`, { given: routed })],
  "dst.dev.state": [u64, path(`${dst} -> dev -> state`, { given: routed })],
  "dst.qdisc": [string(16), path(`${dst} -> dev -> _tx -> qdisc -> ops -> id`, { given: routed })],
  "dst.netns": [u32, path(`${dst} -> dev -> nd_net.net -> ns.inum`, { given: routed })],
  "dst.error": [int(16, { signed: true }), path(`${dst} -> error`, { given: routed })],
  "rt.type": [u8, path("skb->_skb_refdst & ~1 : rtable -> rt_type", { given: routed4 })],
  "rt.gateway": [ip4, path("skb->_skb_refdst & ~1 : rtable -> rt_gw4", { absent: 0n, given: routed4 })],
  "sk.netns": [u32, path("skb->sk->__sk_common.skc_net.net->ns.inum")],
  "sk.port": [u16, path("skb->sk->__sk_common.skc_num")],
  "sk.type": [u16, path("skb->sk->sk_type", { given: fullSocket })],
  "sk.rcvbuf": [signed, path("skb->sk->sk_rcvbuf", { given: fullSocket })],
  "sk.rmem": [signed, path("skb->sk->sk_backlog.rmem_alloc.counter", { given: fullSocket })],
  "sk.sndbuf": [signed, path("skb->sk->sk_sndbuf", { given: fullSocket })],
  "sk.backlog": [u32, path("skb->sk->sk_ack_backlog", { given: fullSocket })],
  "sk.backlog.max": [u32, path("skb->sk->sk_max_ack_backlog", { given: fullSocket })],
  nfct: [u64, path("skb->_nfct", { absent: 0n })],
} as const satisfies Record<string, readonly [Type, Read]>;

/** Fields of the language that are captured as well. */
const SHARED = [
  "iface",
  "ifindex",
  "netns",
  "protocol",
  "len",
  "mark",
  "ip_summed",
  "pkt_type",
  "tuple",
  "ip.src",
  "ip.dst",
  "ip.proto",
  "ip.ttl",
  "ip.df",
  "tcp.sport",
  "tcp.dport",
  "tcp.flags",
  "udp.sport",
  "udp.dport",
  "icmp.type",
  "icmp.code",
  "icmp6.type",
  "vlan.tci",
  "rt.mtu",
  "ct.state",
  "sk.state",
  "sk.uid",
  "context",
  "comm",
  "pid",
] as const;

export type EvidenceName = keyof typeof ROWS | (typeof SHARED)[number];

/** Of a field that is there only for explanations, and no word of the language. */
const PREFIX = "why.";
/** Under which name the evidence is captured. */
export const evidenceKey = (name: EvidenceName): string => (name in ROWS ? `${PREFIX}${name}` : name);

const own: ReadonlyMap<string, Field> = new Map(
  Object.entries(ROWS).map(([name, [type, read]]) => [
    `${PREFIX}${name}`,
    { name: `${PREFIX}${name}`, type, read, doc: "Evidence for `why`." },
  ]),
);

/** The field of evidence by the name under which it is captured. */
export const evidenceField = (key: string): Field | undefined => own.get(key);

export const EVIDENCE_NAMES = [...Object.keys(ROWS), ...SHARED] as readonly EvidenceName[];
export const EVIDENCE_KEYS: readonly string[] = EVIDENCE_NAMES.map(evidenceKey);
