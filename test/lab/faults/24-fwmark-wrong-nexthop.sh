#!/bin/bash
# Policy routing by fwmark sends the packet to the wrong next hop; it dies in another namespace, where the mark is gone.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv isp2"
setup() {
  std3; ns isp2
  link rtr r3 10.0.3.254/24 isp2 i0 10.0.3.1/24
  ip -n isp2 route add 10.0.1.0/24 via 10.0.3.254; ip netns exec isp2 sysctl -qw net.ipv4.ip_forward=1
  ip netns exec rtr nft -f - <<'N'
table inet m {
  chain pre {
    type filter hook prerouting priority mangle;
    udp dport 6024 meta mark set 0x66 counter
  }
}
N
  ip -n rtr rule add fwmark 0x66 lookup 100 pref 100; ip -n rtr route add default via 10.0.3.1 table 100
}
traffic() { udp_send cli 10.0.1.1 5024 10.0.2.2 6024 5 32; }
ground_truth() {
  cat <<'T'
TRUTH the packet is dropped in isp2 (ip_error, IP_INNOROUTES on i0), but the cause is in rtr: nft inet m pre sets mark 0x66, rule 100 sends that mark to table 100, whose default goes to isp2. Without the mark the route is 10.0.2.2 dev r2.
T
  ip -n rtr rule; ip -n rtr route show table 100
  echo "with mark:"; ip -n rtr route get 10.0.2.2 from 10.0.1.1 iif r1 mark 0x66; echo "without:"; ip -n rtr route get 10.0.2.2 from 10.0.1.1 iif r1
  ip netns exec rtr nft list chain inet m pre
}

main "$@"
