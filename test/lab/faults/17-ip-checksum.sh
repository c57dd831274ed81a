#!/bin/bash
# IPv4 header checksum wrong.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() { rawip cli c0 "$(mac srv s0)" 3 src=10.0.0.1 dst=10.0.0.2 sport=5017 dport=6017 ipcsum=bad; }
ground_truth() { echo 'TRUTH srv drops in ip_rcv_core, reason IP_CSUM.'; ip netns exec srv nstat -az IpExtInCsumErrors IpInHdrErrors | tail -2; }

main "$@"
