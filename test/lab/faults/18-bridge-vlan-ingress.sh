#!/bin/bash
# Bridge VLAN filtering, ingress: a frame tagged 30 comes in on a port that only allows VLAN 10.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2 sw"
setup() {
  ns h1 h2 sw
  link h1 e0 - sw p1 -; link h2 e0 - sw p2 -
  ip -n sw link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0; ip -n sw link set br0 up
  ip -n sw link set p1 master br0; ip -n sw link set p2 master br0
  bridge -n sw vlan add dev p1 vid 10; bridge -n sw vlan add dev p2 vid 10; bridge -n sw vlan add dev p2 vid 30
  for h in 1 2; do
    ip -n h$h link add link e0 name e0.30 type vlan id 30; ip -n h$h addr add 10.30.0.$h/24 dev e0.30; ip -n h$h link set e0.30 up
  done
  perm h1 e0.30 10.30.0.2 h2 e0; perm h2 e0.30 10.30.0.1 h1 e0
}
traffic() { udp_send h1 10.30.0.1 5018 10.30.0.2 6018 5 32; }
ground_truth() {
  echo 'TRUTH sw drops on bridge port p1 (br_handle_frame_finish -> br_allowed_ingress / __allowed_ingress): VLAN 30 is not allowed on p1.'
  bridge -n sw vlan show; ip -n sw -d link show br0 | grep -o 'vlan_filtering [01]'
}

main "$@"
