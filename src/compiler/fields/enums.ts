import { TUNNEL_KIND } from "../layout.ts";
import type { EnumNames } from "../types.ts";

/**
 * Enumerations that are fixed by a protocol or by the kernel's user-space interface, so that they are the same
 * on every kernel. Those that change between kernels (drop reasons) come from BTF instead.
 */

type Numbers = Readonly<Record<string, number>>;

const names = (name: string, numbers: Numbers): EnumNames => ({
  name,
  values: new Map(Object.entries(numbers).map(([key, value]) => [key, BigInt(value)])),
});
const flags = (name: string, numbers: Numbers): EnumNames => ({ ...names(name, numbers), flags: true });

/** CONTEXT in layout.ts. */
export const contexts = names("contexts", { TASK: 0, SOFTIRQ: 1, HARDIRQ: 2 });

/** RFC 9293, section 3.1. */
export const tcpFlags = flags("tcp flags", {
  FIN: 0x01,
  SYN: 0x02,
  RST: 0x04,
  PSH: 0x08,
  ACK: 0x10,
  URG: 0x20,
  ECE: 0x40,
  CWR: 0x80,
});

/** IANA "Assigned Internet Protocol Numbers"; `include/uapi/linux/in.h` and `in6.h`. */
export const ipProtocols = names("ip protocols", {
  HOPOPTS: 0,
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  EGP: 8,
  UDP: 17,
  DCCP: 33,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  RSVP: 46,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  NONE: 59,
  DSTOPTS: 60,
  OSPF: 89,
  PIM: 103,
  VRRP: 112,
  L2TP: 115,
  SCTP: 132,
  UDPLITE: 136,
  MPLS: 137,
  ETHERNET: 143,
  RAW: 255,
});

/** IANA "IEEE 802 Numbers"; `include/uapi/linux/if_ether.h`. */
export const etherTypes = names("ethertypes", {
  IP: 0x0800,
  ARP: 0x0806,
  RARP: 0x8035,
  TEB: 0x6558,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  SLOW: 0x8809,
  MPLS_UC: 0x8847,
  MPLS_MC: 0x8848,
  PPPOE_DISC: 0x8863,
  PPPOE: 0x8864,
  EAPOL: 0x888e,
  QINQ: 0x88a8,
  LLDP: 0x88cc,
  MACSEC: 0x88e5,
  PTP: 0x88f7,
});

/** IANA "ICMP Parameters"; RFC 792. */
export const icmpTypes = names("icmp types", {
  ECHO_REPLY: 0,
  DEST_UNREACH: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  ROUTER_ADVERT: 9,
  ROUTER_SOLICIT: 10,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
  TIMESTAMP: 13,
  TIMESTAMP_REPLY: 14,
});

/** IANA "ICMPv6 Parameters"; RFC 4443, 4861, 2710, 3810. */
export const icmp6Types = names("icmp6 types", {
  DEST_UNREACH: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO: 128,
  ECHO_REPLY: 129,
  MLD_QUERY: 130,
  MLD_REPORT: 131,
  MLD_DONE: 132,
  ROUTER_SOLICIT: 133,
  ROUTER_ADVERT: 134,
  NEIGHBOUR_SOLICIT: 135,
  NEIGHBOUR_ADVERT: 136,
  REDIRECT: 137,
  MLD2_REPORT: 143,
});

/** IANA "ARP Parameters"; RFC 826, 903, 2390. */
export const arpOps = names("arp operations", {
  REQUEST: 1,
  REPLY: 2,
  RARP_REQUEST: 3,
  RARP_REPLY: 4,
  INARP_REQUEST: 8,
  INARP_REPLY: 9,
});

/** `PACKET_*` of `include/uapi/linux/if_packet.h`. */
export const pktTypes = names("packet types", {
  HOST: 0,
  BROADCAST: 1,
  MULTICAST: 2,
  OTHERHOST: 3,
  OUTGOING: 4,
  LOOPBACK: 5,
  USER: 6,
  KERNEL: 7,
});

/** `CHECKSUM_*` of `include/linux/skbuff.h`. */
export const checksums = names("checksum states", { NONE: 0, UNNECESSARY: 1, COMPLETE: 2, PARTIAL: 3 });

/** `AF_*` of `include/linux/socket.h`. */
export const addressFamilies = names("address families", {
  UNSPEC: 0,
  UNIX: 1,
  INET: 2,
  INET6: 10,
  NETLINK: 16,
  PACKET: 17,
  TIPC: 30,
  VSOCK: 40,
  SMC: 43,
  XDP: 44,
});

/** `TCP_*` of `include/net/tcp_states.h`; the kernel uses them for every kind of socket. */
export const socketStates = names("socket states", {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
  NEW_SYN_RECV: 12,
  BOUND_INACTIVE: 13,
});

/** `enum ip_conntrack_info` of `include/uapi/linux/netfilter/nf_conntrack_common.h`. */
export const ctStates = names("conntrack states", {
  ESTABLISHED: 0,
  RELATED: 1,
  NEW: 2,
  ESTABLISHED_REPLY: 3,
  RELATED_REPLY: 4,
  UNTRACKED: 7,
});

/** `enum ip_conntrack_status` of the same file. */
export const ctStatus = flags("conntrack status", {
  EXPECTED: 1 << 0,
  SEEN_REPLY: 1 << 1,
  ASSURED: 1 << 2,
  CONFIRMED: 1 << 3,
  SRC_NAT: 1 << 4,
  DST_NAT: 1 << 5,
  SEQ_ADJUST: 1 << 6,
  SRC_NAT_DONE: 1 << 7,
  DST_NAT_DONE: 1 << 8,
  DYING: 1 << 9,
  FIXED_TIMEOUT: 1 << 10,
  TEMPLATE: 1 << 11,
  UNTRACKED: 1 << 12,
  HELPER: 1 << 13,
  OFFLOAD: 1 << 14,
  HW_OFFLOAD: 1 << 15,
});

/** `SKB_GSO_*` of `include/linux/skbuff.h`; new ones are only ever added. */
export const gsoTypes = flags("gso types", {
  TCPV4: 1 << 0,
  DODGY: 1 << 1,
  TCP_ECN: 1 << 2,
  TCP_FIXEDID: 1 << 3,
  TCPV6: 1 << 4,
  FCOE: 1 << 5,
  GRE: 1 << 6,
  GRE_CSUM: 1 << 7,
  IPXIP4: 1 << 8,
  IPXIP6: 1 << 9,
  UDP_TUNNEL: 1 << 10,
  UDP_TUNNEL_CSUM: 1 << 11,
  PARTIAL: 1 << 12,
  TUNNEL_REMCSUM: 1 << 13,
  SCTP: 1 << 14,
  ESP: 1 << 15,
  UDP: 1 << 16,
  UDP_L4: 1 << 17,
  FRAGLIST: 1 << 18,
  TCP_ACCECN: 1 << 19,
});

/** iproute2's names of tunnel types and modes. */
export const tunnelKinds = names("tunnel kinds", TUNNEL_KIND);
