/**
 * What each fault of this folder comes to: the packets to follow, and how their journeys end, on Debian's 6.12; `on` says
 * what other kernels name differently. Places move between functions, and reasons are refined from release to release.
 */
export type Release = "6.1" | "6.12" | "7.2";

/** Journeys that end in the same way. */
export interface Drop {
  readonly reason: string;
  /** The function that drops it. */
  readonly location: string;
  /** null: neither a device nor a socket tells. */
  readonly netns: string | null;
  /** The device at the drop; null: the skb has none there. */
  readonly iface: string | null;
  /** As the drop shows it, which may be the outer header; `*` stands for anything, null for no tuple. */
  readonly tuple: string | null;
  /** How many journeys; two numbers where it depends on the machine's speed: at least, at most. */
  readonly count: number | readonly [number, number];
  readonly on?: Partial<Record<Release, { readonly reason?: string; readonly location?: string }>>;
}

/** Journeys that no drop ends. */
export interface Silent {
  /** The function they are seen at last. */
  readonly silent: string;
  readonly netns: string;
  readonly count: number | readonly [number, number];
}

export type End = Drop | Silent;

export interface Fault {
  /** Name of the script, without `.sh`. */
  readonly script: string;
  readonly where: string;
  /** More than the waypoints. */
  readonly at?: string;
  readonly ends: readonly End[];
}

type Where = readonly [netns: string | null, iface: string | null];
const drop = (
  reason: string,
  location: string,
  [netns, iface]: Where,
  tuple: string | null,
  count: Drop["count"],
  on?: Drop["on"],
): Drop => ({ reason, location, netns, iface, tuple, count, ...(on && { on }) });

/** Since 6.8 nftables frees what it drops itself; before, its caller did. */
const NFT = { "6.1": { location: "nf_hook_slow" } };
/** Lists of packets that a queueing discipline refused are freed by a function that is inlined on 6.12. */
const QDISC_LIST = {
  "6.1": { location: "kfree_skb_list_reason" },
  "7.2": { location: "__tcf_kfree_skb_list" },
};

export const FAULTS: readonly Fault[] = [
  {
    script: "01-rp-filter-strict",
    where: "udp.dport == 6001",
    ends: [drop("IP_RPFILTER", "ip_rcv_finish_core", ["srv", "s1"], "10.0.1.1:5001 > 10.0.3.2:6001 udp", 5)],
  },
  {
    script: "02-rp-filter-loose",
    where: "udp.dport == 6002",
    ends: [
      drop("IP_RPFILTER", "ip_rcv_finish_core", ["rtr", "r1"], "172.31.9.9:5002 > 10.0.2.2:6002 udp", 5),
    ],
  },
  {
    script: "02b-martian-local-source",
    where: "udp.dport == 6102",
    ends: [
      drop("NOT_SPECIFIED", "ip_rcv_finish_core", ["rtr", "r1"], "10.0.2.254:5102 > 10.0.2.2:6102 udp", 5, {
        "7.2": { reason: "IP_LOCAL_SOURCE" },
      }),
    ],
  },
  {
    script: "03-mtu-black-hole",
    where: "udp.dport == 6003 or icmp.type == DEST_UNREACH",
    ends: [
      drop("PKT_TOO_BIG", "ip_forward", ["rtr", "r1"], "10.0.1.1:5003 > 10.0.2.2:6003 udp", 5),
      drop("NETFILTER_DROP", "nft_do_chain", ["rtr", null], "10.0.1.254 > 10.0.1.1 icmp", 5, NFT),
    ],
  },
  {
    script: "04-vxlan-inner-mtu",
    where: "udp.dport == 6004",
    ends: [drop("NOT_SPECIFIED", "ip_fragment", ["h1", "u0"], "192.168.0.1:* > 192.168.0.2:4789 udp", 5)],
  },
  {
    script: "05-nft-input-drop",
    where: "udp.dport == 6005",
    ends: [
      drop("NETFILTER_DROP", "nft_do_chain", ["srv", "s0"], "10.0.0.1:5005 > 10.0.0.2:6005 udp", 5, NFT),
    ],
  },
  {
    script: "06-iptables-output-drop",
    where: "udp.dport == 6006",
    ends: [
      drop("NETFILTER_DROP", "nft_do_chain", ["cli", null], "10.0.0.1:5006 > 10.0.0.2:6006 udp", 5, NFT),
    ],
  },
  {
    script: "06c-iptables-legacy-input-drop",
    where: "udp.dport == 6206",
    ends: [drop("NETFILTER_DROP", "nf_hook_slow", ["srv", "s0"], "10.0.0.1:5206 > 10.0.0.2:6206 udp", 5)],
  },
  {
    script: "07-conntrack-invalid",
    where: "tcp.dport == 6007",
    ends: [
      drop("NETFILTER_DROP", "nft_do_chain", ["rtr", "r1"], "10.0.1.1:5007 > 10.0.2.2:6007 tcp", 3, NFT),
    ],
  },
  {
    script: "08-no-route-forward",
    where: "udp.dport == 6008",
    ends: [drop("IP_INNOROUTES", "ip_error", ["rtr", "r1"], "10.0.1.1:5008 > 192.168.77.7:6008 udp", 5)],
  },
  {
    script: "09-ip-forward-off",
    where: "udp.dport == 6009",
    ends: [drop("IP_INADDRERRORS", "ip_error", ["rtr", "r1"], "10.0.1.1:5009 > 10.0.2.2:6009 udp", 5)],
  },
  {
    script: "10-ttl-exceeded",
    where: "udp.dport == 6010",
    ends: [drop("IP_INHDR", "ip_forward", ["rtr", "r1"], "10.0.1.1:5010 > 10.0.2.2:6010 udp", 5)],
  },
  {
    script: "11-arp-failure",
    where: "udp.dport == 6011",
    ends: [drop("NEIGH_FAILED", "neigh_invalidate", ["rtr", "r2"], "10.0.1.1:5011 > 10.0.2.77:6011 udp", 3)],
  },
  {
    script: "12-udp-no-socket",
    where: "udp.dport == 6012",
    ends: [
      drop("NO_SOCKET", "__udp4_lib_rcv", ["srv", "s0"], "10.0.0.1:5012 > 10.0.0.2:6012 udp", 5, {
        "7.2": { location: "udp_rcv" },
      }),
    ],
  },
  {
    script: "13-tcp-closed-port",
    where: "tcp.dport == 6013",
    ends: [drop("NO_SOCKET", "tcp_v4_rcv", ["srv", "s0"], "10.0.0.1:5013 > 10.0.0.2:6013 tcp", 1)],
  },
  {
    // Of six connections two wait to be accepted; what the others send, again and again, is consumed without a drop,
    // before a route back is looked up for it.
    script: "14-listen-overflow",
    where: "tcp.dport == 6014 and tcp.flags == SYN",
    at: "tcp_conn_request, tcp_v4_route_req",
    ends: [
      { silent: "tcp_v4_route_req", netns: "srv", count: 2 },
      { silent: "tcp_conn_request", netns: "srv", count: [4, 16] },
    ],
  },
  {
    script: "15-udp-rcvbuf-full",
    where: "udp.dport == 6015",
    ends: [
      drop(
        "SOCKET_RCVBUFF",
        "udp_queue_rcv_one_skb",
        ["srv", "s0"],
        "10.0.0.1:5015 > 10.0.0.2:6015 udp",
        [17, 19],
      ),
      // What fits is never read, and dropped when the reader ends.
      drop("NOT_SPECIFIED", "udp_destruct_common", [null, null], "10.0.0.1:5015 > 10.0.0.2:6015 udp", [1, 3]),
    ],
  },
  {
    script: "16-tcp-checksum",
    where: "tcp.dport == 6016",
    ends: [drop("TCP_CSUM", "tcp_v4_rcv", ["srv", "s0"], "10.0.0.1:5016 > 10.0.0.2:6016 tcp", 3)],
  },
  {
    script: "17-ip-checksum",
    where: "udp.dport == 6017",
    ends: [drop("IP_CSUM", "ip_rcv_core", ["srv", "s0"], "10.0.0.1:5017 > 10.0.0.2:6017 udp", 3)],
  },
  {
    // A header length of 16 bytes: there is no IP header to show.
    script: "17b-ip-invalid-header",
    where: 'iface in {"c0", "s0"} and protocol == IP',
    ends: [
      drop("IP_INHDR", "ip_rcv_core", ["srv", "s0"], null, 3),
      drop("PKT_TOO_SMALL", "ip_rcv_core", ["srv", "s0"], "10.0.0.1:5118 > 10.0.0.2:6118 udp", 3),
    ],
  },
  {
    script: "18-bridge-vlan-ingress",
    where: "udp.dport == 6018",
    ends: [
      drop("NOT_SPECIFIED", "br_allowed_ingress", ["sw", "p1"], "10.30.0.1:5018 > 10.30.0.2:6018 udp", 5),
    ],
  },
  {
    script: "18c-bridge-nft-drop",
    where: "udp.dport == 6218",
    ends: [drop("NETFILTER_DROP", "nft_do_chain", ["sw", "p2"], "10.0.0.1:5218 > 10.0.0.2:6218 udp", 5, NFT)],
  },
  {
    script: "19-tc-ingress-matchall",
    where: "udp.dport == 6019",
    ends: [
      drop("TC_INGRESS", "__netif_receive_skb_core", ["srv", "s0"], "10.0.0.1:5019 > 10.0.0.2:6019 udp", 5),
    ],
  },
  {
    script: "19b-tc-ingress-bpf",
    where: "udp.sport == 5119",
    ends: [
      drop("TC_INGRESS", "__netif_receive_skb_core", ["srv", "s0"], "10.0.0.1:5119 > 10.0.0.2:7777 udp", 5),
    ],
  },
  {
    script: "20-qdisc-tbf-limit",
    where: "udp.dport == 6020",
    ends: [
      drop(
        "QDISC_DROP",
        "__dev_queue_xmit",
        ["rtr", "r2"],
        "10.0.1.1:5020 > 10.0.2.2:6020 udp",
        [12, 18],
        QDISC_LIST,
      ),
    ],
  },
  {
    script: "21-xdp-generic-drop",
    where: "udp.sport == 5021",
    ends: [drop("NOT_SPECIFIED", "do_xdp_generic", ["srv", "s0"], "10.0.0.1:5021 > 10.0.0.2:7777 udp", 5)],
  },
  {
    script: "22-route-types",
    where: "udp.dport == 6022",
    ends: ["192.168.1.1", "192.168.2.1", "192.168.3.1"].map((to) =>
      drop("NOT_SPECIFIED", "ip_error", ["rtr", "r1"], `10.0.1.1:5022 > ${to}:6022 udp`, 3),
    ),
  },
  {
    script: "23-martian-loopback-source",
    where: "udp.dport == 6023",
    ends: ["127.0.0.1:5023 > 10.0.2.2:6023 udp", "10.0.1.1:5023 > 127.0.0.1:6023 udp"].map((tuple) =>
      drop("NOT_SPECIFIED", "ip_rcv_finish_core", ["rtr", "r1"], tuple, 3, {
        "7.2": { reason: "IP_LOCALNET" },
      }),
    ),
  },
  {
    script: "24-fwmark-wrong-nexthop",
    where: "udp.dport == 6024",
    ends: [drop("IP_INNOROUTES", "ip_error", ["isp2", "i0"], "10.0.1.1:5024 > 10.0.2.2:6024 udp", 5)],
  },
  {
    script: "25-nat-then-drop",
    where: "udp.dport == 8053",
    ends: [
      drop("NETFILTER_DROP", "nft_do_chain", ["srv", "s0"], "10.0.2.254:5025 > 10.0.2.2:53 udp", 5, NFT),
    ],
  },
  {
    script: "26-peer-down-perm-neigh",
    where: "udp.dport == 6026",
    ends: [
      drop(
        "QDISC_DROP",
        "__dev_queue_xmit",
        ["rtr", "r2"],
        "10.0.1.1:5026 > 10.0.2.2:6026 udp",
        5,
        QDISC_LIST,
      ),
    ],
  },
  {
    script: "26c-egress-admin-down",
    where: "udp.dport == 6226",
    ends: [drop("IP_INNOROUTES", "ip_error", ["rtr", "r1"], "10.0.1.1:5226 > 10.0.2.2:6226 udp", 5)],
  },
  {
    script: "27-gre-wrong-key",
    where: "udp.dport == 6027",
    ends: [drop("NOT_SPECIFIED", "gre_rcv", ["h2", "e0"], "192.168.0.1 > 192.168.0.2 gre", 5)],
  },
  {
    script: "27b-ipip-no-tunnel",
    where: "udp.dport == 6127",
    ends: [drop("NOT_SPECIFIED", "tunnel4_rcv", ["h2", "e0"], "192.168.0.1 > 192.168.0.2 ipip", 5)],
  },
  {
    script: "27c-wireguard-allowedips-tx",
    where: "udp.dport == 6227",
    ends: [drop("NOT_SPECIFIED", "wg_xmit", ["h1", "wg0"], "10.9.0.1:5227 > 10.9.0.2:6227 udp", 5)],
  },
  {
    // Without a handshake the packets wait in the peer's queue.
    script: "27e-wireguard-wrong-peer-key",
    where: "udp.dport == 6427",
    ends: [{ silent: "wg_xmit", netns: "h1", count: 5 }],
  },
  {
    script: "27f-vxlan-wrong-vni",
    where: "udp.dport == 6527",
    ends: [
      drop("VXLAN_VNI_NOT_FOUND", "vxlan_rcv", ["h2", "u0"], "192.168.0.1:* > 192.168.0.2:4789 udp", 5, {
        "6.1": { reason: "NOT_SPECIFIED" },
      }),
    ],
  },
  {
    script: "28-ipv6-no-route",
    where: "udp.dport == 6028",
    ends: [
      drop("IP_INNOROUTES", "ip6_pkt_drop", ["rtr", "r1"], "[fd00:1::1]:5028 > [fd00:77::7]:6028 udp", 5, {
        "7.2": { location: "ip6_pkt_discard" },
      }),
    ],
  },
  {
    script: "28b-ipv6-hop-limit",
    where: "udp.dport == 6128",
    ends: [drop("IP_INHDR", "ip6_forward", ["rtr", "r1"], "[fd00:1::1]:5128 > [fd00:2::2]:6128 udp", 5)],
  },
  {
    script: "28c-ipv6-too-big",
    where: "udp.dport == 6228 or icmp6.type == PACKET_TOO_BIG",
    ends: [
      drop("PKT_TOO_BIG", "ip6_forward", ["rtr", "r2"], "[fd00:1::1]:5228 > [fd00:2::2]:6228 udp", 5),
      drop("NETFILTER_DROP", "nft_do_chain", ["rtr", null], "* > fd00:1::1 *", 5, NFT),
    ],
  },
  {
    script: "29-multicast-no-member",
    where: "udp.dport == 6029",
    ends: [
      drop("NOT_SPECIFIED", "ip_rcv_finish_core", ["srv", "s0"], "10.0.0.1:5029 > 239.1.1.1:6029 udp", 5),
    ],
  },
  {
    script: "30-socket-filter",
    where: "udp.dport == 6030",
    ends: [
      drop("SOCKET_FILTER", "udp_queue_rcv_one_skb", ["srv", "s0"], "10.0.0.1:5030 > 10.0.0.2:6030 udp", 5),
    ],
  },
  {
    script: "31-duplicate-ips",
    where: "udp.dport == 6031",
    ends: [
      drop("NETFILTER_DROP", "nft_do_chain", ["blue-b", "eth0"], "10.0.0.1:5031 > 10.0.0.2:6031 udp", 5, NFT),
      { silent: "__udp_enqueue_schedule_skb", netns: "red-b", count: 5 },
    ],
  },
  {
    script: "32-frag-timeout",
    where: "udp.dport == 6032",
    ends: [
      drop("FRAG_REASM_TIMEOUT", "ip_expire", ["srv", "s0"], "10.0.0.1:5032 > 10.0.0.2:6032 udp", 3, {
        "6.1": { reason: "NOT_SPECIFIED" },
      }),
    ],
  },
  {
    script: "33-no-protocol",
    where: "ip.proto == 200 or protocol == 0x88b5",
    ends: [
      drop("IP_NOPROTO", "ip_local_deliver_finish", ["srv", "s0"], "10.0.0.1 > 10.0.0.2 proto 200", 3),
      drop("UNHANDLED_PROTO", "__netif_receive_skb_core", ["srv", "s0"], null, 3),
    ],
  },
  {
    script: "34-xfrm-policy",
    where: "udp.dport == 6034",
    ends: [
      drop("XFRM_POLICY", "udp_queue_rcv_one_skb", ["srv", "s0"], "10.0.0.1:5034 > 10.0.0.2:6034 udp", 5),
    ],
  },
  {
    script: "37-cgroup-bpf-egress",
    where: "udp.dport == 6037",
    ends: [
      drop("BPF_CGROUP_EGRESS", "ip_finish_output", ["cli", "c0"], "10.0.0.1:5037 > 10.0.0.2:6037 udp", 5),
    ],
  },
  {
    script: "38-tun-ring-full",
    where: "udp.dport == 6038",
    ends: [
      drop("FULL_RING", "tun_net_xmit", ["rtr", "tun0"], "10.0.1.1:5038 > 10.0.4.2:6038 udp", 8),
      // What the ring holds is dropped when its reader ends.
      drop("NOT_SPECIFIED", "tun_queue_purge", ["rtr", "tun0"], "10.0.1.1:5038 > 10.0.4.2:6038 udp", 2),
    ],
  },
];
