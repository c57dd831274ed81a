#!/bin/bash
# IPv6: no route on the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3_ipv6
  sleep 1
}
traffic() { udp_send cli fd00:1::1 5028 fd00:77::7 6028 5 32; }
ground_truth() { echo 'TRUTH rtr drops in ip6_pkt_drop (ip6_pkt_discard, the null entry), reason IP_INNOROUTES, on r1: no IPv6 route to fd00:77::7. ICMPv6 no route goes back.'; ip -n rtr -6 route; ip -n rtr -6 route get fd00:77::7 2>&1; ip netns exec rtr nstat -az Ip6InNoRoutes | tail -1; }

main "$@"
