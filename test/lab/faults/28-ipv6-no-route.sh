#!/bin/bash
# IPv6: no route on the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  ns cli rtr srv
  for n in cli rtr srv; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0 net.ipv6.conf.default.router_solicitations=0; done
  link cli c0 - rtr r1 -; link rtr r2 - srv s0 -
  ip -n cli addr add fd00:1::1/64 dev c0 nodad; ip -n rtr addr add fd00:1::fe/64 dev r1 nodad
  ip -n rtr addr add fd00:2::fe/64 dev r2 nodad; ip -n srv addr add fd00:2::2/64 dev s0 nodad
  ip -n cli -6 route add default via fd00:1::fe; ip -n srv -6 route add default via fd00:2::fe
  ip netns exec rtr sysctl -qw net.ipv6.conf.all.forwarding=1
  sleep 1
}
traffic() { udp_send cli fd00:1::1 5028 fd00:77::7 6028 5 32; }
ground_truth() { echo 'TRUTH rtr drops in ip6_pkt_drop (ip6_pkt_discard, the null entry), reason IP_INNOROUTES, on r1: no IPv6 route to fd00:77::7. ICMPv6 no route goes back.'; ip -n rtr -6 route; ip -n rtr -6 route get fd00:77::7 2>&1; ip netns exec rtr nstat -az Ip6InNoRoutes | tail -1; }

main "$@"
