#!/bin/bash
# nftables drop in the bridge family.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2 sw"
setup() {
  ns h1 h2 sw
  link h1 e0 10.0.0.1/24 sw p1 -; link h2 e0 10.0.0.2/24 sw p2 -
  ip -n sw link add br0 type bridge; ip -n sw link set br0 up
  ip -n sw link set p1 master br0; ip -n sw link set p2 master br0
  perm h1 e0 10.0.0.2 h2 e0; perm h2 e0 10.0.0.1 h1 e0
  ip netns exec sw nft -f - <<'N'
table bridge f {
  chain forw {
    type filter hook forward priority 0;
    udp dport 6218 counter drop
  }
}
N
}
traffic() { udp_send h1 10.0.0.1 5218 10.0.0.2 6218 5 32; }
ground_truth() { echo 'TRUTH sw drops in the bridge FORWARD hook by rule bridge f forw "udp dport 6218 drop".'; ip netns exec sw nft -a list chain bridge f forw; }

main "$@"
