import { int, size, string, u16, u32, u64 } from "../types.ts";
import { addressFamilies, ctStates, ctStatus, socketStates } from "./enums.ts";
import type { Field, Given, Read } from "./field.ts";
import { first, path } from "./read.ts";

/** The low three bits of `_nfct` are `enum ip_conntrack_info`, the rest points to the entry. */
const conntrack = "skb->_nfct & ~7 : nf_conn";
/** Bit 0 of `_skb_refdst` is SKB_DST_NOREF. */
const dst = "skb->_skb_refdst & ~1 : dst_entry";

/**
 * `_skb_refdst` shares its place with list pointers while TCP holds the packet in its queue; what would then be
 * `ops->family` is half of an aligned pointer, so it is neither AF_INET nor AF_INET6.
 */
const family = (...values: readonly number[]): Given => ({ path: `${dst} -> ops -> family`, in: values });
const AF_INET = 2;
const AF_INET6 = 10;

/**
 * What the route says about the MTU: the path MTU that IPv4 learned (`rt_pmtu`), or the metric, where IPv6 keeps
 * what it learned (`metrics[RTAX_MTU - 1]`; the low two bits of `_metrics` are flags). 0 means none.
 */
export const routeMtu: readonly Read[] = [
  path("skb->_skb_refdst & ~1 : rtable -> rt_pmtu", { absent: 0n, given: [family(AF_INET)] }),
  path(`${dst} -> _metrics & ~3 : dst_metrics -> metrics[1]`, {
    absent: 0n,
    given: [family(AF_INET, AF_INET6)],
  }),
];

/** TIME_WAIT and NEW_SYN_RECV sockets are small stand-ins that end after `sock_common`. */
const fullSocket: readonly Given[] = [{ path: "skb->sk->__sk_common.skc_state", notIn: [6, 12] }];
const noSocket = "packets without a socket";
const noConntrack = "packets that connection tracking has not seen";

/** Connection tracking, socket and route of the packet. */
export const stateFields: readonly Field[] = [
  {
    name: "ct.state",
    type: int(8, { names: ctStates }),
    doc: "The packet's place in its connection (`enum ip_conntrack_info`), by direction.",
    optional: `${noConntrack} or found invalid`,
    read: path("skb->_nfct", { absent: 0n, mask: 7 }),
    column: { title: "CT_STATE", width: 17 },
    aka: ["ctstate"],
  },
  {
    name: "ct.mark",
    type: int(32, { base: "hex" }),
    doc: "Mark of the connection (`nf_conn.mark`).",
    optional: noConntrack,
    read: path(`${conntrack} -> mark`),
    column: { title: "CT_MARK", width: 10 },
    aka: ["connmark", "ctmark"],
  },
  {
    name: "ct.zone",
    type: u16,
    doc: "Connection tracking zone (`nf_conn.zone.id`).",
    optional: noConntrack,
    read: path(`${conntrack} -> zone.id`),
    column: { title: "CT_ZONE", width: 7 },
  },
  {
    name: "ct.status",
    type: int(64, { names: ctStatus, base: "hex" }),
    doc: "Status flags of the connection (`nf_conn.status`).",
    optional: noConntrack,
    read: path(`${conntrack} -> status`),
    column: { title: "CT_STATUS", width: 20 },
  },
  {
    name: "sk.state",
    type: int(8, { names: socketStates }),
    doc: "State of the packet's socket (`skc_state`); UDP sockets are ESTABLISHED when connected, else CLOSE.",
    optional: noSocket,
    read: path("skb->sk->__sk_common.skc_state"),
    column: { title: "SK_STATE", width: 12 },
  },
  {
    name: "sk.family",
    type: int(16, { names: addressFamilies }),
    doc: "Address family of the packet's socket (`skc_family`).",
    optional: noSocket,
    read: path("skb->sk->__sk_common.skc_family"),
    column: { title: "SK_FAMILY", width: 9 },
  },
  {
    name: "sk.uid",
    type: u32,
    doc: "User who owns the packet's socket (`sk_uid`).",
    optional: `${noSocket}, or with one in TIME_WAIT or NEW_SYN_RECV`,
    read: path("skb->sk->sk_uid.val", { given: fullSocket }),
    column: { title: "SK_UID", width: 6 },
    aka: ["skuid"],
  },
  {
    name: "sk.cgroup",
    type: u64,
    doc: "Cgroup of the process that made the packet's socket: path or inode number (`sk_cgrp_data`).",
    optional: `${noSocket}, or with one in TIME_WAIT or NEW_SYN_RECV`,
    read: path("skb->sk->sk_cgrp_data.cgroup->kn->id", { given: fullSocket }),
    column: { title: "SK_CGROUP", width: 10 },
  },
  {
    name: "sk.container",
    type: string(64),
    doc: "Container of the process that made the packet's socket.",
    optional: `${noSocket}, and sockets of processes outside of containers`,
    read: { from: "runtime", needs: ["sk.cgroup"] },
    column: { title: "SK_CONTAINER", width: 14 },
  },
  {
    name: "sk.mark",
    type: int(32, { base: "hex" }),
    doc: "Mark of the packet's socket (`sk_mark`, SO_MARK).",
    optional: `${noSocket}, or with one in TIME_WAIT or NEW_SYN_RECV`,
    read: path("skb->sk->sk_mark", { given: fullSocket }),
    column: { title: "SK_MARK", width: 10 },
  },
  {
    name: "rt.mtu",
    type: size,
    doc: "MTU of the packet's route: a learned path MTU or the route's `mtu` metric.",
    optional: "packets without a route, and routes without an MTU of their own",
    read: first(...routeMtu),
    column: { title: "RT_MTU", width: 6 },
    aka: ["rt.pmtu", "dst.mtu"],
  },
];
