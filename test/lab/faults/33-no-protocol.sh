#!/bin/bash
# IP protocol without handler, then an unknown ethertype.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() { local m; m=$(mac srv s0); rawip cli c0 "$m" 3 src=10.0.0.1 dst=10.0.0.2 proto=200; rawip cli c0 "$m" 3 src=10.0.0.1 dst=10.0.0.2 proto=200 etype=0x88b5; }
ground_truth() { echo 'TRUTH srv drops in ip_protocol_deliver_rcu (inlined in ip_local_deliver_finish) (IP_NOPROTO, no handler for protocol 200) and in __netif_receive_skb_core (UNHANDLED_PROTO, ethertype 0x88b5).'; ip netns exec srv nstat -az IpInUnknownProtos | tail -1; }

main "$@"
