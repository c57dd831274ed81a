#!/bin/bash
# WireGuard: wrong public key, so the handshake is never answered; the data packets wait in the peer's queue.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  local k1 k2
  k1=$(wg genkey); k2=$(wg genkey); umask 077; echo "$k1" > /tmp/wg1; echo "$k2" > /tmp/wg2
  ns h1 h2
  link h1 e0 192.168.0.1/24 h2 e0 192.168.0.2/24
  ip -n h1 link add wg0 type wireguard; ip -n h2 link add wg0 type wireguard
  ip -n h1 addr add 10.9.0.1/24 dev wg0; ip -n h2 addr add 10.9.0.2/24 dev wg0
  ip netns exec h1 wg set wg0 private-key /tmp/wg1 listen-port 51820 peer "$(wg genkey | wg pubkey)" endpoint 192.168.0.2:51820 allowed-ips 10.9.0.2/32
  ip netns exec h2 wg set wg0 private-key /tmp/wg2 listen-port 51820 peer "$(wg pubkey < /tmp/wg1)" endpoint 192.168.0.1:51820 allowed-ips 10.9.0.1/32
  ip -n h1 link set wg0 up; ip -n h2 link set wg0 up
}
traffic() { udp_send h1 10.9.0.1 5427 10.9.0.2 6427 5 32; sleep 2; }
ground_truth() { echo 'TRUTH no handshake: h1 has a wrong public key for its peer; h2 throws the initiation away (bad mac1, consumed in the receive worker); data waits in the staged queue of the peer in h1.'; ip netns exec h1 wg show wg0; ip netns exec h2 wg show wg0; ip -n h2 -s link show wg0 | sed -n '3,$p'; }

main "$@"
