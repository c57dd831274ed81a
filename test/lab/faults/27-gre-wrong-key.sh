#!/bin/bash
# GRE tunnel, keys differ.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  ns h1 h2
  link h1 e0 192.168.0.1/24 h2 e0 192.168.0.2/24
  ip -n h1 link add gre1 type gre local 192.168.0.1 remote 192.168.0.2 key 1
  ip -n h2 link add gre1 type gre local 192.168.0.2 remote 192.168.0.1 key 2
  ip -n h1 addr add 10.9.0.1/24 dev gre1; ip -n h2 addr add 10.9.0.2/24 dev gre1
  ip -n h1 link set gre1 up; ip -n h2 link set gre1 up
}
traffic() { udp_send h1 10.9.0.1 5027 10.9.0.2 6027 5 32; }
ground_truth() { echo 'TRUTH h2 drops in gre_rcv (ip_gre/gre module: no tunnel matches key 1): key of gre1 is 1 in h1 and 2 in h2. ICMP port unreachable goes back to 192.168.0.1.'; ip -n h1 -d link show gre1 | grep -o 'gre remote.*key[^ ]* [^ ]*\|ikey [^ ]* okey [^ ]*'; ip -n h2 -d link show gre1 | grep -o 'ikey [^ ]* okey [^ ]*'; }

main "$@"
