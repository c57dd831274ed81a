#!/bin/bash
# IPv6: hop limit runs out at the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3_ipv6
  sleep 1
}
traffic() { udp_send cli fd00:1::1 5128 fd00:2::2 6128 5 32 ttl=1; }
ground_truth() { echo 'TRUTH rtr drops in ip6_forward, reason IP_INHDR, on r1: hop limit 1. ICMPv6 time exceeded goes back.'; ip netns exec rtr nstat -az Ip6InHdrErrors Icmp6OutTimeExcds | tail -2; }

main "$@"
