#!/bin/bash
# Qdisc drop: tbf queue limit on the router's egress.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; perm rtr r2 10.0.2.2 srv s0; perm cli c0 10.0.1.254 rtr r1; tc -n rtr qdisc add dev r2 root handle 1: tbf rate 8kbit burst 1600 limit 3000; }
traffic() { udp_sink srv 10.0.2.2 6020 5; udp_send cli 10.0.1.1 5020 10.0.2.2 6020 20 1000 gap=0.01; wait; }
ground_truth() { echo 'TRUTH rtr drops on enqueue to qdisc 1: (tbf) of r2, reason QDISC_DROP: queue limit 3000 bytes at 8 kbit/s.'; tc -n rtr -s qdisc show dev r2; }

main "$@"
