#!/bin/bash
# IPIP: the receiver's tunnel names another remote.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  ns h1 h2
  link h1 e0 192.168.0.1/24 h2 e0 192.168.0.2/24
  ip -n h1 link add ipip1 type ipip local 192.168.0.1 remote 192.168.0.2
  ip -n h2 link add ipip1 type ipip local 192.168.0.2 remote 192.168.0.99
  ip -n h1 addr add 10.9.0.1/24 dev ipip1; ip -n h2 addr add 10.9.0.2/24 dev ipip1
  ip -n h1 link set ipip1 up; ip -n h2 link set ipip1 up
}
traffic() { udp_send h1 10.9.0.1 5127 10.9.0.2 6127 5 32; }
ground_truth() { echo 'TRUTH h2 drops in tunnel4_rcv: no ipip tunnel for 192.168.0.1 -> 192.168.0.2 (ipip1 has remote 192.168.0.99). ICMP port unreachable goes back.'; ip -n h2 -d link show ipip1 | grep -o 'ipip ipip.*\|ipip.*remote [^ ]*' | head -1; }

main "$@"
