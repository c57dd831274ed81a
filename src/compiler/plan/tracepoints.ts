/**
 * Tracepoints that carry an skb. Which exist and where the skb stands comes from BTF; this table adds what BTF cannot
 * say: the group (where tracefs is not mounted) and whether the skb may still be looked at.
 */
export const TRACEPOINT_GROUP: Readonly<Record<string, string>> = {
  kfree_skb: "skb",
  consume_skb: "skb",
  skb_copy_datagram_iovec: "skb",
  net_dev_start_xmit: "net",
  net_dev_xmit: "net",
  net_dev_queue: "net",
  netif_receive_skb: "net",
  netif_rx: "net",
  napi_gro_frags_entry: "net",
  napi_gro_receive_entry: "net",
  netif_receive_skb_entry: "net",
  netif_receive_skb_list_entry: "net",
  netif_rx_entry: "net",
  sock_rcvqueue_full: "sock",
  udp_fail_queue_rcv_skb: "udp",
  tcp_retransmit_skb: "tcp",
  tcp_send_reset: "tcp",
  tcp_probe: "tcp",
  tcp_bad_csum: "tcp",
  qdisc_dequeue: "qdisc",
  qdisc_enqueue: "qdisc",
  qdisc_drop: "qdisc",
  icmp_send: "icmp",
  devlink_trap_report: "devlink",
  subflow_check_data_avail: "mptcp",
};

/** Tracepoints that are never attached, and why. */
export const UNUSABLE_TRACEPOINT: Readonly<Record<string, string>> = {
  net_dev_xmit: "it fires after the driver took the skb, whose memory may have a new owner by then",
  tcp_sendmsg_locked: "its skb is the tail of the write queue, not the packet being sent",
};

/** The group a tracepoint belongs to: what the kernel says, else the table, else "?". */
export const groupOf = (name: string, fromKernel: (name: string) => string | undefined): string =>
  TRACEPOINT_GROUP[name] ?? fromKernel(name) ?? "?";
