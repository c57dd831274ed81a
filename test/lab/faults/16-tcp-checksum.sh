#!/bin/bash
# TCP with a wrong checksum.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() { rawip cli c0 "$(mac srv s0)" 3 src=10.0.0.1 dst=10.0.0.2 proto=tcp sport=5016 dport=6016 flags=S l4csum=bad; }
ground_truth() { echo 'TRUTH srv drops in tcp_v4_rcv, reason TCP_CSUM.'; ip netns exec srv nstat -az TcpInCsumErrors TcpInErrs | tail -2; }

main "$@"
