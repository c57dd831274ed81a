#!/bin/bash
# tc ingress: matchall with gact drop.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; perm cli c0 10.0.0.2 srv s0; tc -n srv qdisc add dev s0 clsact; tc -n srv filter add dev s0 ingress protocol ip prio 10 matchall action drop; }
traffic() { udp_send cli 10.0.0.1 5019 10.0.0.2 6019 5 32; }
ground_truth() { echo 'TRUTH srv drops in __netif_receive_skb_core (sch_handle_ingress), reason TC_INGRESS, by filter prio 10 matchall action gact drop on s0.'; tc -n srv -s filter show dev s0 ingress; }

main "$@"
