#!/bin/bash
# Martian source 127.0.0.1 on the wire, then martian destination 127.0.0.1.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; ip netns exec rtr sysctl -qw net.ipv4.conf.r1.log_martians=1; }
traffic() {
  local m; m=$(mac rtr r1)
  rawip cli c0 "$m" 3 src=127.0.0.1 dst=10.0.2.2 sport=5023 dport=6023
  rawip cli c0 "$m" 3 src=10.0.1.1 dst=127.0.0.1 sport=5023 dport=6023
}
ground_truth() { echo 'TRUTH rtr drops in ip_rcv_finish_core (ip_route_input_slow: martian source / martian destination): 127/8 on a non-loopback device, route_localnet=0.'; ip netns exec rtr sysctl net.ipv4.conf.r1.route_localnet; dmesg | grep -i martian | tail -2; }

main "$@"
