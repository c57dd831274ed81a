#!/bin/bash
# WireGuard: wrong public key, so the handshake is never answered; the data packets wait in the peer's queue.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="h1 h2"
setup() {
  wireguard_pair "$(wg genkey | wg pubkey)" 10.9.0.2/32
}
traffic() { udp_send h1 10.9.0.1 5427 10.9.0.2 6427 5 32; sleep 2; }
ground_truth() { echo 'TRUTH no handshake: h1 has a wrong public key for its peer; h2 throws the initiation away (bad mac1, consumed in the receive worker); data waits in the staged queue of the peer in h1.'; ip netns exec h1 wg show wg0; ip netns exec h2 wg show wg0; ip -n h2 -s link show wg0 | sed -n '3,$p'; }

main "$@"
