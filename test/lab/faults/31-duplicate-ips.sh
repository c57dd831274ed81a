#!/bin/bash
# Two tenants with the same addresses, interface names and MACs; only tenant blue drops.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="red-a red-b blue-a blue-b"
setup() {
  ns red-a red-b blue-a blue-b
  local t
  for t in red blue; do
    link $t-a eth0 10.0.0.1/24 $t-b eth0 10.0.0.2/24
    ip -n $t-a link set eth0 address 02:00:00:00:00:01; ip -n $t-b link set eth0 address 02:00:00:00:00:02
    ip -n $t-a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0; ip -n $t-b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
  done
  ip netns exec blue-b nft -f - <<'N'
table inet f {
  chain in {
    type filter hook input priority 0;
    udp dport 6031 counter drop
  }
}
N
}
traffic() {
  udp_sink red-b 10.0.0.2 6031 4; udp_sink blue-b 10.0.0.2 6031 4
  udp_send red-a 10.0.0.1 5031 10.0.0.2 6031 5 32; udp_send blue-a 10.0.0.1 5031 10.0.0.2 6031 5 32; wait
}
ground_truth() { echo 'TRUTH only namespace blue-b drops (nft_do_chain under nf_hook_slow, NETFILTER_DROP); red-b receives the packets with the very same tuple, ifname and MACs.'; ip netns exec blue-b nft list chain inet f in; ip -n red-b -br addr; ip -n blue-b -br addr; }

main "$@"
