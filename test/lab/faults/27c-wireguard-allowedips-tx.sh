#!/bin/bash
# WireGuard, sender side: no peer has AllowedIPs for the destination.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  local k1 k2
  k1=$(wg genkey); k2=$(wg genkey); umask 077; echo "$k1" > /tmp/wg1; echo "$k2" > /tmp/wg2
  ns h1 h2
  link h1 e0 192.168.0.1/24 h2 e0 192.168.0.2/24
  ip -n h1 link add wg0 type wireguard; ip -n h2 link add wg0 type wireguard
  ip -n h1 addr add 10.9.0.1/24 dev wg0; ip -n h2 addr add 10.9.0.2/24 dev wg0
  ip netns exec h1 wg set wg0 private-key /tmp/wg1 listen-port 51820 peer "$(wg pubkey < /tmp/wg2)" endpoint 192.168.0.2:51820 allowed-ips 10.9.0.3/32
  ip netns exec h2 wg set wg0 private-key /tmp/wg2 listen-port 51820 peer "$(wg pubkey < /tmp/wg1)" endpoint 192.168.0.1:51820 allowed-ips 10.9.0.1/32
  ip -n h1 link set wg0 up; ip -n h2 link set wg0 up
}
traffic() { udp_send h1 10.9.0.1 5227 10.9.0.2 6227 5 32; }
ground_truth() { echo 'TRUTH h1 drops in wg_xmit: no peer of wg0 has 10.9.0.2 in AllowedIPs (it has 10.9.0.3/32). ICMP host unreachable to the sender.'; ip netns exec h1 wg show wg0 allowed-ips; ip -n h1 -s link show wg0 | tail -2; }

main "$@"
