#!/bin/bash
# Reverse-path filter, loose: the router has no route at all back to the source.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3
  ip -n cli addr add 172.31.9.9/32 dev lo
  perm cli c0 10.0.1.254 rtr r1   # else the ARP request itself (sender IP 172.31.9.9) is refused, see 02c
  ip netns exec rtr sysctl -qw net.ipv4.conf.r1.rp_filter=2
}
traffic() { udp_send cli 172.31.9.9 5002 10.0.2.2 6002 5 32; }
ground_truth() {
  cat <<'T'
TRUTH rtr drops in ip_rcv_finish_core, reason IP_RPFILTER, on r1.
TRUTH cause: net.ipv4.conf.r1.rp_filter=2 (loose) and no route at all (no default route either) to the source 172.31.9.9.
T
  ip netns exec rtr sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.r1.rp_filter
  echo "reverse route:"; ip -n rtr route get 172.31.9.9 2>&1
  ip netns exec rtr nstat -az TcpExtIPReversePathFilter | tail -1
}

main "$@"
