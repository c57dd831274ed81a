/** Where netfilter was called from, by the functions on the stack of a drop. */

export type Family = "ip" | "ip6" | "bridge" | "arp" | "netdev";

export interface HookPlace {
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting" | "ingress" | "egress";
  readonly family: Family;
}

const at = (family: Family, hook: HookPlace["hook"]): HookPlace => ({ family, hook });

/** Functions that call hooks, on all kernels; which of them are inlined differs, so several stand for one hook. */
const CALLERS: Readonly<Record<string, HookPlace>> = {
  ip_rcv: at("ip", "prerouting"),
  ip_list_rcv: at("ip", "prerouting"),
  ip_sublist_rcv: at("ip", "prerouting"),
  ip_local_deliver: at("ip", "input"),
  ip_forward: at("ip", "forward"),
  __ip_local_out: at("ip", "output"),
  ip_local_out: at("ip", "output"),
  raw_sendmsg: at("ip", "output"),
  ip_output: at("ip", "postrouting"),
  ip_mc_output: at("ip", "postrouting"),
  ipv6_rcv: at("ip6", "prerouting"),
  ipv6_list_rcv: at("ip6", "prerouting"),
  ip6_sublist_rcv: at("ip6", "prerouting"),
  ip6_input: at("ip6", "input"),
  ip6_forward: at("ip6", "forward"),
  __ip6_local_out: at("ip6", "output"),
  ip6_local_out: at("ip6", "output"),
  ip6_xmit: at("ip6", "output"),
  ndisc_send_skb: at("ip6", "output"),
  mld_sendpack: at("ip6", "output"),
  ip6_output: at("ip6", "postrouting"),
  arp_rcv: at("arp", "input"),
  arp_xmit: at("arp", "output"),
  arp_send_dst: at("arp", "output"),
  br_handle_frame: at("bridge", "prerouting"),
  br_nf_pre_routing: at("bridge", "prerouting"),
  br_pass_frame_up: at("bridge", "input"),
  __br_forward: at("bridge", "forward"),
  br_forward: at("bridge", "forward"),
  br_flood: at("bridge", "forward"),
  br_multicast_flood: at("bridge", "forward"),
  br_forward_finish: at("bridge", "postrouting"),
  __netif_receive_skb_core: at("netdev", "ingress"),
  __dev_queue_xmit: at("netdev", "egress"),
};

/** The innermost caller decides: what called that has nothing to do with the hook. */
export function hookOf(stack: readonly string[]): HookPlace | undefined {
  const caller = stack.find((frame) => Object.hasOwn(CALLERS, frame));
  return caller === undefined ? undefined : CALLERS[caller];
}
