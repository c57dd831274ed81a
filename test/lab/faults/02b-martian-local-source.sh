#!/bin/bash
# Martian source: a packet arrives whose source is one of the router's own addresses (duplicate address / spoof). rp_filter is 0.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; ip -n cli addr add 10.0.2.254/32 dev lo; perm cli c0 10.0.1.254 rtr r1; ip netns exec rtr sysctl -qw net.ipv4.conf.r1.log_martians=1; }
traffic() { udp_send cli 10.0.2.254 5102 10.0.2.2 6102 5 32; }
ground_truth() {
  cat <<'T'
TRUTH rtr drops on r1 in ip_rcv_finish_core: fib_validate_source says -EINVAL because 10.0.2.254 is rtr's own address (accept_local=0). Not rp_filter: it is 0.
T
  ip netns exec rtr sysctl net.ipv4.conf.r1.rp_filter net.ipv4.conf.r1.accept_local
  ip -n rtr -br addr; ip -n rtr route get 10.0.2.2 from 10.0.2.254 iif r1 2>&1
  dmesg | grep -i martian | tail -2
}

main "$@"
