#!/bin/bash
# Multicast without membership.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; ip -n cli route add 239.0.0.0/8 dev c0; }
traffic() { udp_sink srv 0.0.0.0 6029 4; udp_send cli 10.0.0.1 5029 239.1.1.1 6029 5 32 mcif=10.0.0.1; wait; }
ground_truth() { echo 'TRUTH srv drops in ip_rcv_finish_core (ip_route_input_rcu: not a member): s0 has not joined 239.1.1.1, though a socket listens on 0.0.0.0:6029.'; ip -n srv maddr show dev s0; }

main "$@"
