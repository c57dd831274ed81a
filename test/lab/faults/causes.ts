/**
 * What `pwq why` must name as the cause of each fault, and with how many drops: `cause` of `show why`, on every kernel.
 * A fault that drops nothing has no cause to name; its canned query is what finds it.
 */
export interface Expected {
  readonly cause: string;
  /** Two numbers: at least, at most. */
  readonly count: number | readonly [number, number];
}

export interface Cause {
  readonly causes: readonly Expected[];
  /** Causes that are named as well, and rightly: an answer that is refused on its way back. */
  readonly also?: readonly RegExp[];
  /** Why nothing, or not the cause itself, can be named from drops; what to use. */
  readonly note?: string;
}

const of = (cause: string, count: Expected["count"] = 5): Cause => ({ causes: [{ cause, count }] });

export const CAUSES: Readonly<Record<string, Cause>> = {
  /** Several healthy networks. */
  control: { causes: [] },
  "01-rp-filter-strict": of("sysctl:srv:net.ipv4.conf.s1.rp_filter=1"),
  "02-rp-filter-loose": of("sysctl:rtr:net.ipv4.conf.r1.rp_filter=2"),
  "02b-martian-local-source": of("addr:rtr:10.0.2.254"),
  "03-mtu-black-hole": {
    causes: [
      { cause: "mtu:rtr:r2=1400", count: 5 },
      { cause: "nft:rtr:inet/f/out", count: 5 },
    ],
  },
  "04-vxlan-inner-mtu": of("mtu:h1:vxlan0=1500"),
  "05-nft-input-drop": of("nft:srv:inet/f/in"),
  "06-iptables-output-drop": of("iptables:cli:filter/OUTPUT/1"),
  "06c-iptables-legacy-input-drop": of("iptables-legacy:srv:filter/INPUT/1"),
  "07-conntrack-invalid": of("nft:rtr:inet/f/forw", 3),
  "08-no-route-forward": of("route:rtr:192.168.77.7"),
  "09-ip-forward-off": of("sysctl:rtr:net.ipv4.conf.r1.forwarding=0"),
  "10-ttl-exceeded": of("ttl:1"),
  "11-arp-failure": of("neigh:rtr:r2:10.0.2.77", 3),
  "12-udp-no-socket": of("socket:srv:udp:6012"),
  "13-tcp-closed-port": of("socket:srv:tcp:6013", 1),
  "14-listen-overflow": {
    causes: [],
    // What is sent again after the program has ended.
    also: [/no socket takes TCP port 6014/],
    note: "A SYN that finds the accept queue full is consumed, not dropped: no event. `pwq run @backlog` shows it.",
  },
  "15-udp-rcvbuf-full": of("socket:srv:udp:6015:rcvbuf", [17, 19]),
  "16-tcp-checksum": of("packet:l4csum", 3),
  "17-ip-checksum": of("packet:ipcsum", 3),
  "17b-ip-invalid-header": {
    causes: [
      { cause: "packet:ihl=4", count: 3 },
      { cause: "packet:totlen>frame", count: 3 },
    ],
  },
  "18-bridge-vlan-ingress": of("bridge-vlan:sw:p1:30"),
  "18c-bridge-nft-drop": of("nft:sw:bridge/f/forw"),
  "19-tc-ingress-matchall": of("tc:srv:s0:ingress:matchall"),
  "19b-tc-ingress-bpf": of("tc:srv:s0:ingress:bpf"),
  "20-qdisc-tbf-limit": of("qdisc:rtr:r2:tbf", [12, 18]),
  "21-xdp-generic-drop": of("xdp:srv:s0:generic"),
  "22-route-types": {
    causes: [
      { cause: "route:rtr:192.168.1.0/24:blackhole", count: 3 },
      { cause: "route:rtr:192.168.2.0/24:unreachable", count: 3 },
      { cause: "route:rtr:192.168.3.0/24:prohibit", count: 3 },
    ],
  },
  "23-martian-loopback-source": {
    causes: [
      { cause: "packet:src=127.0.0.1", count: 3 },
      { cause: "packet:dst=127.0.0.1", count: 3 },
    ],
  },
  "24-fwmark-wrong-nexthop": {
    causes: [{ cause: "route:isp2:10.0.2.2", count: 5 }],
    note: "The drop is named, in a namespace that the packet should never have entered; what sent it there, a mark and a rule in another one, is on its way before: `pwq run @path` and `pwq run @mark` show it.",
  },
  "25-nat-then-drop": of("nft:srv:inet/f/in"),
  "26-peer-down-perm-neigh": of("carrier:rtr:r2"),
  "26c-egress-admin-down": of("link:rtr:r2:down"),
  "27-gre-wrong-key": of("gre-key:h2:gre1=2"),
  "27b-ipip-no-tunnel": of("tunnel:h2:ipip1:remote=192.168.0.99"),
  "27c-wireguard-allowedips-tx": of("wg-allowed-ips:h1:wg0"),
  "27e-wireguard-wrong-peer-key": {
    causes: [],
    note: "Packets wait in the peer's queue for a handshake that never ends: nothing is dropped. `pwq run @path` ends in `wg_xmit`, and `wg show` says that there was no handshake.",
  },
  "27f-vxlan-wrong-vni": of("vxlan-vni:h2:43"),
  "28-ipv6-no-route": of("route:rtr:fd00:77::7"),
  "28b-ipv6-hop-limit": of("hoplimit:1"),
  "28c-ipv6-too-big": {
    causes: [
      { cause: "mtu:rtr:r2=1400", count: 5 },
      { cause: "nft:rtr:inet/f/out", count: 5 },
    ],
  },
  "29-multicast-no-member": of("maddr:srv:s0:239.1.1.1"),
  "30-socket-filter": of("sockfilter:srv:udp:6030"),
  // In a slow guest the other tenant's reader has ended before all has come.
  "31-duplicate-ips": { ...of("nft:blue-b:inet/f/in"), also: [/no socket takes UDP port 6031/] },
  "32-frag-timeout": of("packet:fragment-missing", 3),
  "33-no-protocol": {
    causes: [
      { cause: "packet:proto=200", count: 3 },
      { cause: "packet:ethertype=0x88b5", count: 3 },
    ],
  },
  "34-xfrm-policy": of("xfrm-policy:srv:in"),
  "37-cgroup-bpf-egress": of("cgroup-bpf:egress"),
  "38-tun-ring-full": of("tun:rtr:tun0:txqueuelen=2", 8),
};
