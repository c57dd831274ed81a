#!/bin/bash
# TTL runs out at the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; }
traffic() { udp_send cli 10.0.1.1 5010 10.0.2.2 6010 5 32 ttl=1; }
ground_truth() {
  echo 'TRUTH rtr drops in ip_forward (too_many_hops), reason IP_INHDR (same name as a broken header), on r1: TTL 1. ICMP time exceeded goes back.'
  ip netns exec rtr nstat -az IpInHdrErrors IcmpOutTimeExcds | tail -2
}

main "$@"
