import type { FollowKind } from "../typed.ts";
import { globsMatcher } from "./glob.ts";

/**
 * What kernel functions and tracepoints do to the life of an skb (net/core/skbuff.c). Following reads only these tables.
 */

/**
 * Functions whose first skb argument becomes a copy of the second. `__copy_skb_header(new, old)` is called for clones,
 * copies, head expansions and segments alike, from 5.x to 7.2, and both skbs are arguments, so no return probe is
 * needed. Where the compiler inlined it, its callers stand in.
 */
export const CLONE_HOOKS: readonly (readonly string[])[] = [
  ["__copy_skb_header"],
  ["__skb_clone", "skb_copy_header"],
];

/** The same for fragments, which get a header of their own and only what routing knows of the packet. */
export const FRAGMENT_HOOKS = ["ip_copy_metadata", "ip6_copy_metadata"] as const;

/**
 * What begins each kind of copy, for queries that do not follow all of them; the last skb argument is what is copied.
 * Each comes right before the function above that it leads to.
 */
export const COPYING = {
  clone: ["skb_clone", "skb_morph"],
  copy: ["skb_copy_header"],
  segment: ["skb_segment", "skb_segment_list", "ip_do_fragment", "ip6_fragment", "br_ip6_fragment"],
} as const satisfies Partial<Record<FollowKind, readonly string[]>>;

/** A function at which a packet, still the same skb, goes over to something; `when`: the argument that says whether. */
export interface Crossing {
  readonly function: string;
  readonly when?: number;
}

/** What runs XDP programs for packets that have an skb: in generic mode, and a veth device, which may build it anew before. */
export const XDP_RUNNERS: readonly string[] = ["bpf_prog_run_generic_xdp", "veth_xdp_rcv_skb"];

/** Where a journey ends for queries that do not follow the packet any further. */
export const CROSSINGS = {
  nat: [{ function: "nf_nat_manip_pkt" }], // called where an address or a port is replaced
  netns: [{ function: "skb_scrub_packet", when: 1 }], // (skb, whether it goes to another namespace)
  veth: [{ function: "veth_xmit" }],
  xdp: [{ function: "veth_xdp_rcv_skb" }, { function: "bpf_prog_run_generic_xdp" }],
} as const satisfies Partial<Record<FollowKind, readonly Crossing[]>>;

/** The last functions that see an skb: after them the slab may hand its address out again. */
export const FREE_FUNCTIONS = ["kfree_skbmem", "napi_skb_cache_put"] as const;

/** A free has begun; the functions that carry it out are still to run. */
export const DYING_FUNCTIONS = [
  "__kfree_skb",
  "kfree_skb_partial",
  "napi_skb_free_stolen_head",
  "__kfree_skb_defer", // until 6.2; behind it the function that puts the skb into NAPI's cache is inlined
] as const;

/** Tracepoints of the two ways to let go of an skb. With tracepoints only, they are also the last that is seen of it. */
export const FREE_TRACEPOINTS = ["kfree_skb", "consume_skb"] as const;

/** Functions that see an skb after its data is gone: its head pointer leads nowhere good. */
export const HEADLESS: ReadonlySet<string> = new Set(["kfree_skbmem", "napi_skb_cache_put"]);

/** Functions that run while an skb is being freed, among them the destructors that sockets install. */
const freePath = globsMatcher([
  "kfree_skb*",
  "__kfree_skb*",
  "kfree_skbmem",
  "sk_skb_reason_drop",
  "__sk_skb_reason_drop",
  "consume_skb",
  "__consume_*",
  "dev_kfree_skb*",
  "__dev_kfree_skb*",
  "dev_consume_skb*",
  "napi_consume_skb",
  "napi_skb_*",
  "skb_release_*",
  "skb_free_head",
  "skb_ext_*",
  "__skb_ext_*",
  "skb_zcopy_*",
  "__skb_zcopy_*",
  "msg_zerocopy_*",
  "sock_*free",
  "__sock_wfree",
  "sock_edemux",
  "tcp_wfree",
  "sctp_*wfree",
  "tpacket_destruct_skb",
  "unix_destruct_scm",
  "netlink_skb_destructor",
  "xsk_destruct_skb",
  "mctp_*free*",
]);

/** Whether a function may run for an skb that is dying. Any other means that the address has a new owner. */
export const isFreePath = (name: string): boolean => freePath(name);
