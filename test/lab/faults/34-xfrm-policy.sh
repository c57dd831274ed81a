#!/bin/bash
# IPsec policy demands protection, the packet comes in clear.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; ip -n srv xfrm policy add src 10.0.0.1/32 dst 10.0.0.2/32 proto udp dir in tmpl src 10.0.0.1 dst 10.0.0.2 proto esp mode transport; }
traffic() { udp_sink srv 10.0.0.2 6034 3; udp_send cli 10.0.0.1 5034 10.0.0.2 6034 5 32; wait; }
ground_truth() { echo 'TRUTH srv drops in the UDP receive path, reason XFRM_POLICY: an inbound xfrm policy for 10.0.0.1->10.0.0.2 udp wants ESP.'; ip -n srv xfrm policy; ip netns exec srv cat /proc/net/xfrm_stat 2>/dev/null | grep -v ' 0$\|	0$'; }

main "$@"
