#!/bin/bash
# WireGuard, sender side: no peer has AllowedIPs for the destination.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  wireguard_pair "" 10.9.0.3/32
}
traffic() { udp_send h1 10.9.0.1 5227 10.9.0.2 6227 5 32; }
ground_truth() { echo 'TRUTH h1 drops in wg_xmit: no peer of wg0 has 10.9.0.2 in AllowedIPs (it has 10.9.0.3/32). ICMP host unreachable to the sender.'; ip netns exec h1 wg show wg0 allowed-ips; ip -n h1 -s link show wg0 | tail -2; }

main "$@"
