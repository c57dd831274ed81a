#!/bin/bash
# TCP SYN to a closed port: RST comes back.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() { tcp_try cli 10.0.0.1 5013 10.0.0.2 6013 2; }
ground_truth() {
  echo 'TRUTH srv drops the SYN in tcp_v4_rcv, reason NO_SOCKET, and answers RST (connect: ECONNREFUSED).'
  echo "tcp listeners in srv:"; ip netns exec srv ss -Hltn; ip netns exec srv nstat -az TcpOutRsts | tail -1
}

main "$@"
