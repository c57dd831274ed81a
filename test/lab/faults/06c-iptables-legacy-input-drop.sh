#!/bin/bash
# iptables (legacy x_tables backend) drop on INPUT.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; ip netns exec srv iptables-legacy -A INPUT -p udp --dport 6206 -j DROP; }
traffic() { udp_send cli 10.0.0.1 5206 10.0.0.2 6206 5 32; }
ground_truth() {
  echo 'TRUTH srv drops in nf_hook_slow (hook LOCAL_IN, ipt_do_table), reason NETFILTER_DROP, legacy rule INPUT 1; `nft list ruleset` and iptables-nft do not show it.'
  ip netns exec srv iptables-legacy -nvL INPUT --line-numbers; echo "nft list ruleset:"; ip netns exec srv nft list ruleset
}

main "$@"
