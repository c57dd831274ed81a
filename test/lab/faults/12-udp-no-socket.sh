#!/bin/bash
# UDP to a port where nobody listens.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() { udp_send cli 10.0.0.1 5012 10.0.0.2 6012 5 32; }
ground_truth() {
  echo 'TRUTH srv drops in __udp4_lib_rcv, reason NO_SOCKET: no UDP socket on port 6012. ICMP port unreachable goes back.'
  echo "udp sockets in srv:"; ip netns exec srv ss -Hlun; ip netns exec srv nstat -az UdpNoPorts | tail -1
}

main "$@"
