#!/bin/bash
# Conntrack INVALID: mid-stream TCP ACK through a stateful router that never saw the SYN (asymmetric path), tcp_loose off.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3
  ip netns exec rtr nft -f - <<'N'
table inet f {
  chain forw {
    type filter hook forward priority 0;
    ct state invalid counter drop
    ct state established,related accept
    tcp flags syn accept
  }
}
N
  ip netns exec rtr sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
}
traffic() { rawip cli c0 "$(mac rtr r1)" 3 src=10.0.1.1 dst=10.0.2.2 proto=tcp sport=5007 dport=6007 flags=A; }
ground_truth() {
  cat <<'T'
TRUTH rtr drops in the netfilter hook (nft_do_chain under nf_hook_slow on 6.12; hook FORWARD), reason NETFILTER_DROP, by "ct state invalid drop": no conntrack entry, nf_conntrack_tcp_loose=0, packet is not a SYN.
T
  ip netns exec rtr nft -a list chain inet f forw; ip netns exec rtr sysctl net.netfilter.nf_conntrack_tcp_loose
  ip netns exec rtr cat /proc/net/stat/nf_conntrack | head -3; ip netns exec rtr conntrack -S 2>/dev/null; ip netns exec rtr conntrack -L 2>&1 | tail -2
}

main "$@"
