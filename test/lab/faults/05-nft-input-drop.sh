#!/bin/bash
# nftables drop on input.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() {
  std2
  ip netns exec srv nft -f - <<'N'
table inet f {
  chain in {
    type filter hook input priority 0;
    udp dport 6005 counter drop
  }
}
N
}
traffic() { udp_send cli 10.0.0.1 5005 10.0.0.2 6005 5 32; }
ground_truth() {
  echo 'TRUTH srv drops in the netfilter hook (nft_do_chain under nf_hook_slow on 6.12; hook NF_INET_LOCAL_IN), reason NETFILTER_DROP, by the rule inet f in "udp dport 6005 drop".'
  ip netns exec srv nft -a list chain inet f in
}

main "$@"
