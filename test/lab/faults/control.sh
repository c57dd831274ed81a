#!/bin/bash
# No fault: the networks of the others, and traffic that arrives. Nothing may be reported.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv h1 h2 sw"
setup() {
  std3
  ip netns exec rtr nft -f - <<'N'
table inet f {
  chain forw {
    type filter hook forward priority 0;
    ct state invalid drop
    udp dport 9 drop
  }
  chain post {
    type nat hook postrouting priority 100;
    oifname "r2" masquerade
  }
}
N
  ns h1 h2 sw
  link h1 e0 192.168.0.1/24 sw p1 -; link h2 e0 192.168.0.2/24 sw p2 -
  ip -n sw link add br0 type bridge; ip -n sw link set br0 up
  ip -n sw link set p1 master br0; ip -n sw link set p2 master br0
  for h in 1 2; do
    ip -n h$h link add vxlan0 type vxlan id 42 local 192.168.0.$h remote 192.168.0.$((3 - h)) dstport 4789
    ip -n h$h addr add 10.255.0.$h/24 dev vxlan0; ip -n h$h link set vxlan0 up
    ip -n h$h link add gre1 type gre local 192.168.0.$h remote 192.168.0.$((3 - h)) key 1
    ip -n h$h addr add 10.9.0.$h/24 dev gre1; ip -n h$h link set gre1 up
  done
}
traffic() {
  udp_sink srv 10.0.2.2 6000 6
  udp_sink h2 10.255.0.2 6000 8
  udp_sink h2 10.9.0.2 6001 10
  udp_send cli 10.0.1.1 5000 10.0.2.2 6000 10 1000 gap=0.01
  udp_send h1 10.255.0.1 5000 10.255.0.2 6000 10 1000 gap=0.01
  udp_send h1 10.9.0.1 5001 10.9.0.2 6001 10 1000 gap=0.01
  ip netns exec cli ping -qc 3 -i 0.2 10.0.2.2
  timeout 10 ip netns exec srv socat -u TCP-LISTEN:6002,reuseaddr OPEN:/dev/null &
  wait_for listening srv tcp 6002
  head -c 200000 /dev/zero | timeout 10 ip netns exec cli socat -u - TCP:10.0.2.2:6002
  wait
}
ground_truth() { echo 'TRUTH nothing is wrong.'; }

main "$@"
