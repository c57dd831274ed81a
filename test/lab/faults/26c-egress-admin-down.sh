#!/bin/bash
# Egress interface set down: its routes vanish, so the drop says "no route".
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; ip -n rtr link set r2 down; }
traffic() { udp_send cli 10.0.1.1 5226 10.0.2.2 6226 5 32; }
ground_truth() { echo 'TRUTH rtr drops in ip_error, IP_INNOROUTES, on r1: r2 is administratively down and the connected route 10.0.2.0/24 went with it.'; ip -n rtr -br link; ip -n rtr route; }

main "$@"
