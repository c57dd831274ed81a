#!/bin/bash
# IP forwarding switched off on the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; ip netns exec rtr sysctl -qw net.ipv4.ip_forward=0; }
traffic() { udp_send cli 10.0.1.1 5009 10.0.2.2 6009 5 32; }
ground_truth() {
  echo 'TRUTH rtr drops in ip_error, reason IP_INADDRERRORS, on r1: the route exists but forwarding is 0 on r1. No ICMP is sent.'
  ip netns exec rtr sysctl net.ipv4.ip_forward net.ipv4.conf.r1.forwarding; ip -n rtr route get 10.0.2.2 from 10.0.1.1 iif r1 2>&1
  ip netns exec rtr nstat -az IpInAddrErrors | tail -1
}

main "$@"
