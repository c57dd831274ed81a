#!/bin/bash
# IPv4 header invalid: ihl 4 (too short), then a total length over the frame.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() {
  local m; m=$(mac srv s0)
  rawip cli c0 "$m" 3 src=10.0.0.1 dst=10.0.0.2 sport=5117 dport=6117 ihl=4
  rawip cli c0 "$m" 3 src=10.0.0.1 dst=10.0.0.2 sport=5118 dport=6118 totlen=900
}
ground_truth() { echo 'TRUTH srv drops in ip_rcv_core: ihl<5 gives IP_INHDR, total length over the frame gives PKT_TOO_SMALL.'; ip netns exec srv nstat -az IpInHdrErrors IpExtInTruncatedPkts | tail -2; }

main "$@"
