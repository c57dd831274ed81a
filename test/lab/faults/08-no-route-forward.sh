#!/bin/bash
# No route to host while forwarding.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; }
traffic() { udp_send cli 10.0.1.1 5008 192.168.77.7 6008 5 32; }
ground_truth() {
  echo 'TRUTH rtr drops in ip_error (the dst that the failed FIB lookup left), reason IP_INNOROUTES, on r1: no route to 192.168.77.7 (ICMP net unreachable goes back, rate limited).'
  ip -n rtr route; ip -n rtr route get 192.168.77.7 from 10.0.1.1 iif r1 2>&1; ip netns exec rtr nstat -az IpInNoRoutes IpExtInNoRoutes | tail -2
}

main "$@"
