#!/bin/bash
# IPv6: packet too big at the router, ICMPv6 packet-too-big filtered.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3_ipv6
  ip -n rtr link set r2 mtu 1400; ip -n srv link set s0 mtu 1400
  ip netns exec rtr nft -f - <<'N'
table inet f {
  chain out {
    type filter hook output priority 0;
    icmpv6 type packet-too-big counter drop
  }
}
N
  sleep 1
}
traffic() { udp_send cli fd00:1::1 5228 fd00:2::2 6228 5 1452 df=do; }
ground_truth() { echo 'TRUTH rtr drops in ip6_forward, reason PKT_TOO_BIG: 1500 bytes, egress r2 has MTU 1400 (IPv6 is never fragmented by routers); rule inet f out drops the ICMPv6 packet-too-big.'; ip -n rtr link show r2 | head -1; ip netns exec rtr nft list chain inet f out; ip netns exec rtr nstat -az Ip6InTooBigErrors Ip6FragFails | tail -2; }

main "$@"
