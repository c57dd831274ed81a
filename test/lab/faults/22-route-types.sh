#!/bin/bash
# Blackhole, unreachable and prohibit routes on the router.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; ip -n rtr route add blackhole 192.168.1.0/24; ip -n rtr route add unreachable 192.168.2.0/24; ip -n rtr route add prohibit 192.168.3.0/24; }
traffic() { local i; for i in 1 2 3; do udp_send cli 10.0.1.1 5022 192.168.$i.1 6022 3 32; done; }
ground_truth() {
  echo 'TRUTH rtr drops in ip_error (dst.error -EINVAL / -EHOSTUNREACH / -EACCES): route of type blackhole (silent), unreachable (ICMP host unreachable), prohibit (ICMP admin prohibited).'
  ip -n rtr route; local i; for i in 1 2 3; do ip -n rtr route get 192.168.$i.1 from 10.0.1.1 iif r1 2>&1; done
}

main "$@"
