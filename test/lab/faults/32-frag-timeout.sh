#!/bin/bash
# A fragment is lost: reassembly times out.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; ip netns exec srv sysctl -qw net.ipv4.ipfrag_time=1; }
traffic() { rawip cli c0 "$(mac srv s0)" 3 src=10.0.0.1 dst=10.0.0.2 sport=5032 dport=6032 size=200 mf=1 id=100; sleep 3; }
ground_truth() { echo 'TRUTH srv drops the queued first fragments when the reassembly timer fires (ipfrag_time 1 s): the second fragment never came. ICMP reassembly time exceeded goes back.'; ip netns exec srv nstat -az IpReasmTimeout IpReasmFails IpReasmReqds | tail -3; }

main "$@"
