#!/bin/bash
# DNAT and SNAT on the router change both ends of the tuple; the packet is dropped after that, in srv.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() {
  std3
  ip netns exec rtr nft -f - <<'N'
table ip nat {
  chain pre {
    type nat hook prerouting priority dstnat;
    udp dport 8053 counter dnat to 10.0.2.2:53
  }
  chain post {
    type nat hook postrouting priority srcnat;
    oifname "r2" counter masquerade
  }
}
N
  ip netns exec srv nft -f - <<'N'
table inet f {
  chain in {
    type filter hook input priority 0;
    ip saddr 10.0.2.254 udp dport 53 counter drop
  }
}
N
}
traffic() { udp_send cli 10.0.1.1 5025 10.0.1.254 8053 5 32; }
ground_truth() {
  cat <<'T'
TRUTH srv drops in the netfilter hook LOCAL_IN (nft_do_chain under nf_hook_slow on 6.12), reason NETFILTER_DROP, tuple 10.0.2.254:5025->10.0.2.2:53; the client sent 10.0.1.1:5025->10.0.1.254:8053. DNAT at rtr prerouting, masquerade at rtr postrouting.
T
  ip netns exec rtr nft list table ip nat; ip netns exec rtr conntrack -L 2>/dev/null; ip netns exec srv nft -a list chain inet f in
}

main "$@"
