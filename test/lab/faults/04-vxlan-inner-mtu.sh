#!/bin/bash
# VXLAN with inner MTU 1500 over an underlay of 1500 and outer DF (df set): pod -> h1 (vxlan0) -> h2. No filter anywhere.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="pod h1 h2"
setup() {
  ns pod h1 h2
  link pod p0 10.1.0.2/24 h1 hp 10.1.0.1/24
  link h1 u0 192.168.0.1/24 h2 u0 192.168.0.2/24
  ip -n h1 link add vxlan0 mtu 1500 type vxlan id 42 local 192.168.0.1 remote 192.168.0.2 dstport 4789 df set
  ip -n h2 link add vxlan0 mtu 1500 type vxlan id 42 local 192.168.0.2 remote 192.168.0.1 dstport 4789 df set
  ip -n h1 addr add 10.255.0.1/24 dev vxlan0; ip -n h2 addr add 10.255.0.2/24 dev vxlan0
  ip -n h1 link set vxlan0 up; ip -n h2 link set vxlan0 up
  ip -n pod route add default via 10.1.0.1; ip -n h2 route add 10.1.0.0/24 via 10.255.0.1
  ip netns exec h1 sysctl -qw net.ipv4.ip_forward=1
  perm h1 vxlan0 10.255.0.2 h2 vxlan0; perm h2 vxlan0 10.255.0.1 h1 vxlan0
}
traffic() { udp_send pod 10.1.0.2 5004 10.255.0.2 6004 5 1472 df=do; }
ground_truth() {
  cat <<'T'
TRUTH every packet passes h1's ip_forward (vxlan0 MTU 1500), is encapsulated to 1550 bytes with outer DF and dropped in ip_fragment (called by ip_finish_output) on underlay u0 (MTU 1500). Tuple at the drop is 192.168.0.1:*->192.168.0.2:4789, inner 10.1.0.2:5004->10.255.0.2:6004.
TRUTH h1 learns a route exception of 1450 for 10.255.0.2, but the forwarding path does not use it (ip_forward_use_pmtu=0), and the ICMP goes to h1's own outer source, so the pod never learns: a black hole without any filter.
TRUTH cause: vxlan0 mtu 1500 > underlay 1500 - 50 bytes of encapsulation, with df set.
T
  ip -n h1 -d link show vxlan0 | head -3; ip -n h1 link show u0 | head -1
  ip netns exec h1 sysctl net.ipv4.ip_forward_use_pmtu
  echo "route seen by forwarding:"; ip -n h1 route get 10.255.0.2 from 10.1.0.2 iif hp; echo "exceptions:"; ip -n h1 route show cache 2>/dev/null
  ip -n h1 -s link show vxlan0 | tail -4; ip netns exec h1 nstat -az IpFragFails IcmpOutDestUnreachs IcmpInDestUnreachs | tail -3
}

main "$@"
