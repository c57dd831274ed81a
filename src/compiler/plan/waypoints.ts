/**
 * `at path`: functions that together show where a packet goes, in the order it meets them, cheap enough for a busy host.
 * Those a kernel does not have (or cannot trace) are left out; a name is listed under each spelling it had from 6.1 on.
 */
export const WAYPOINTS: readonly string[] = [
  // received
  "napi_gro_receive",
  "netif_receive_skb_internal",
  "netif_receive_skb",
  "netif_rx_internal",
  "do_xdp_generic",
  "tcf_classify",
  "br_handle_frame",
  "br_forward",
  "ip_rcv",
  "ipv6_rcv",
  "arp_rcv",
  // routed and filtered
  "nf_hook_slow",
  "nft_do_chain",
  "ipt_do_table",
  "ip6t_do_table",
  "nf_conntrack_in",
  "nf_nat_inet_fn",
  "ip_route_input_noref",
  "ip_forward",
  "ip6_forward",
  "ip_mr_input",
  "ip_defrag",
  // delivered
  "ip_local_deliver",
  "ip6_input",
  "tcp_v4_rcv",
  "tcp_v6_rcv",
  "udp_rcv",
  "udpv6_rcv",
  "icmp_rcv",
  "icmpv6_rcv",
  "sk_filter_trim_cap",
  "__udp_enqueue_schedule_skb",
  "tcp_queue_rcv",
  "__sock_queue_rcv_skb",
  // sent
  "__tcp_transmit_skb",
  "udp_send_skb",
  "__ip_local_out",
  "ip_output",
  "ip6_output",
  "ip_fragment",
  "ip_finish_output2",
  "neigh_resolve_output",
  "__dev_queue_xmit",
  "sch_direct_xmit",
  "dev_hard_start_xmit",
  // tunnels and crypto
  "vxlan_rcv",
  "vxlan_xmit",
  "gre_rcv",
  "ipip_rcv",
  "xfrm_input",
  "xfrm_output",
  "wg_xmit",
];

/** What queues an skb to a socket: the terminal `deliver`. */
export const DELIVER_FUNCTIONS = [
  "tcp_queue_rcv",
  "tcp_data_queue_ofo",
  "__udp_enqueue_schedule_skb",
  "__sock_queue_rcv_skb",
] as const;

/** The tracepoint of handing an skb to a driver: the terminal `xmit`. */
export const XMIT_TRACEPOINT = "net_dev_start_xmit";
