/**
 * `at path`: functions that together show where a packet goes, in the order it meets them, cheap enough for a busy host.
 * Each is listed under all the names it had from 6.1 on, and was looked up in 6.1, 6.12 and 7.2.
 */
export const WAYPOINTS_OF_KERNELS: readonly (readonly string[])[] = [
  // received
  ["napi_gro_receive", "gro_receive_skb"], // the second since 6.18
  ["netif_receive_skb"],
  ["netif_rx_internal"],
  ["bpf_prog_run_generic_xdp"],
  ["tcf_classify"],
  ["ip_rcv"],
  ["ipv6_rcv"],
  // Behind these two, and where GRO hands IP a list of packets in their stead.
  ["ip_rcv_core"],
  ["ip6_rcv_core"],
  ["arp_rcv"],
  // routed and filtered
  ["nf_hook_slow"],
  ["ip_route_input_noref"],
  ["ip6_route_input"],
  ["ip_forward"],
  ["ip6_forward"],
  ["ip_mr_input"],
  ["ip_defrag"],
  ["ipv6_frag_rcv"],
  // delivered
  ["ip_local_deliver"],
  ["ip6_input"],
  ["tcp_v4_rcv"],
  ["tcp_v6_rcv"],
  ["udp_rcv"],
  ["udpv6_rcv"],
  ["icmp_rcv"],
  ["icmpv6_rcv"],
  ["sk_filter_trim_cap"],
  ["__udp_enqueue_schedule_skb"],
  ["tcp_queue_rcv"],
  ["__sock_queue_rcv_skb"],
  // sent
  ["__tcp_transmit_skb"],
  ["udp_send_skb"],
  ["__ip_local_out"],
  ["ip_output"],
  ["ip6_output"],
  ["ip_do_fragment"],
  ["ip6_fragment"],
  ["ip_finish_output2"],
  ["neigh_resolve_output"],
  ["__dev_queue_xmit"],
  ["sch_direct_xmit"],
  ["dev_hard_start_xmit"],
  // IPsec
  ["xfrm_input"],
  ["xfrm_output"],
];

/** The same of modules, which are looked at if they are loaded. */
export const WAYPOINTS_OF_MODULES: readonly string[] = [
  "br_handle_frame_finish",
  "__br_forward",
  "nf_conntrack_in",
  "nf_nat_inet_fn",
  "ipt_do_table",
  "ip6t_do_table",
  "vxlan_rcv",
  "vxlan_xmit",
  "geneve_xmit",
  "ipgre_xmit",
  "ipip_rcv",
  "ipip_tunnel_xmit",
  "wg_xmit",
];

export const WAYPOINTS: readonly string[] = [...WAYPOINTS_OF_KERNELS.flat(), ...WAYPOINTS_OF_MODULES];

/** What queues an skb to a socket: the terminal `deliver`. */
export const DELIVER_FUNCTIONS = [
  "tcp_queue_rcv",
  "tcp_data_queue_ofo",
  "__udp_enqueue_schedule_skb",
  "__sock_queue_rcv_skb",
] as const;

/** The tracepoint of handing an skb to a driver: the terminal `xmit`. */
export const XMIT_TRACEPOINT = "net_dev_start_xmit";
