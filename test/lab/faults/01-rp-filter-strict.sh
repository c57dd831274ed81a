#!/bin/bash
# Reverse-path filter, strict: a multi-homed host gets a packet on s1 but its route back to the sender goes out of s0.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3
  link rtr r3 10.0.3.254/24 srv s1 10.0.3.2/24
  ip netns exec srv sysctl -qw net.ipv4.conf.s1.rp_filter=1
}
traffic() { udp_send cli 10.0.1.1 5001 10.0.3.2 6001 5 32; }
ground_truth() {
  cat <<'T'
TRUTH srv drops in ip_rcv_finish_core (ip_route_input_noref -> fib_validate_source fails with -EXDEV), reason IP_RPFILTER, on s1.
TRUTH cause: net.ipv4.conf.s1.rp_filter=1 (strict) while the route back to 10.0.1.1 leaves by s0. max(conf.all, conf.s1) counts.
T
  ip netns exec srv sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.s0.rp_filter net.ipv4.conf.s1.rp_filter
  echo "reverse route:"; ip -n srv route get 10.0.1.1
  echo "forward check (as the kernel does it):"; ip -n srv route get 10.0.3.2 from 10.0.1.1 iif s1 2>&1
  ip netns exec srv nstat -az TcpExtIPReversePathFilter | tail -1
}

main "$@"
