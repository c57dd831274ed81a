#!/bin/bash
# VXLAN: the two ends have different VNIs.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  ns h1 h2
  link h1 u0 192.168.0.1/24 h2 u0 192.168.0.2/24
  ip -n h1 link add vxlan0 type vxlan id 42 local 192.168.0.1 remote 192.168.0.2 dstport 4789
  ip -n h2 link add vxlan0 type vxlan id 43 local 192.168.0.2 remote 192.168.0.1 dstport 4789
  ip -n h1 addr add 10.255.0.1/24 dev vxlan0; ip -n h2 addr add 10.255.0.2/24 dev vxlan0
  ip -n h1 link set vxlan0 up; ip -n h2 link set vxlan0 up
  perm h1 vxlan0 10.255.0.2 h2 vxlan0
}
traffic() { udp_send h1 10.255.0.1 5527 10.255.0.2 6527 5 32; }
ground_truth() { echo 'TRUTH h2 drops in vxlan_rcv on u0: VNI 42 is not configured (vxlan0 has id 43).'; ip -n h1 -d link show vxlan0 | grep -o 'vxlan id [0-9]*'; ip -n h2 -d link show vxlan0 | grep -o 'vxlan id [0-9]*'; }

main "$@"
