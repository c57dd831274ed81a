#!/bin/bash
# MTU black hole: the middle link has MTU 1400, DF is set, and the router's ICMP frag-needed is filtered.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3
  ip -n rtr link set r2 mtu 1400; ip -n srv link set s0 mtu 1400
  ip netns exec rtr nft -f - <<'N'
table inet f {
  chain out {
    type filter hook output priority 0;
    icmp type destination-unreachable icmp code frag-needed counter drop
  }
}
N
}
traffic() { udp_send cli 10.0.1.1 5003 10.0.2.2 6003 5 1472 df=do; }
ground_truth() {
  cat <<'T'
TRUTH rtr drops in ip_forward, reason PKT_TOO_BIG: len 1500 with DF, egress r2 has MTU 1400 (skb->dev is still the ingress r1).
TRUTH cause: MTU 1400 on rtr:r2 plus rule inet f out that drops the ICMP frag-needed (each one is a second drop, NETFILTER_DROP, of rtr's own packet), so cli never learns the path MTU.
T
  ip -n rtr link show r2 | head -1; ip netns exec rtr nft list chain inet f out
  ip -n cli route get 10.0.2.2; ip netns exec rtr nstat -az IpFragFails IcmpOutDestUnreachs | tail -2
}

main "$@"
