#!/bin/bash
# Egress has no carrier (veth peer is down); neighbour entry is permanent, so packets reach the noop qdisc.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; perm rtr r2 10.0.2.2 srv s0; ip -n srv link set s0 down; sleep 1.2; }
traffic() { udp_send cli 10.0.1.1 5026 10.0.2.2 6026 5 32; }
ground_truth() { echo 'TRUTH rtr drops on r2: NO-CARRIER (peer s0 is down), its queue has the noop qdisc; routes via r2 are marked linkdown but still used (ignore_routes_with_linkdown=0).'; ip -n rtr link show r2; ip -n rtr route; ip netns exec rtr sysctl net.ipv4.conf.r2.ignore_routes_with_linkdown; ip -n rtr -s link show r2 | tail -2; }

main "$@"
