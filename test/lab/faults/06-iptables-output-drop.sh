#!/bin/bash
# iptables drop on OUTPUT: the packet dies in the sender's namespace; sendto() gets EPERM.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; ip netns exec cli iptables -A OUTPUT -p udp --dport 6006 -j DROP; }
traffic() { udp_send cli 10.0.0.1 5006 10.0.0.2 6006 5 32; }
ground_truth() {
  echo 'TRUTH cli drops its own packet in the netfilter hook (nft_do_chain under nf_hook_slow on 6.12; hook LOCAL_OUT, called from __ip_local_out), reason NETFILTER_DROP, rule OUTPUT 1; skb->dev is NULL there: netns only from skb->sk.'
  ip netns exec cli iptables -nvL OUTPUT --line-numbers
}

main "$@"
