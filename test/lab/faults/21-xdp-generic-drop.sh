#!/bin/bash
# XDP_DROP, generic mode, on the receiver's veth. The program is embedded as base64.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() {
  std2
  base64 -d <<'B' | gunzip > /tmp/x7777.o
H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4CZCAJOkBJdqDK7UAWExAnCrGARRMFIWr2C0NodmYGBi0gravMA+YXCkHoUCYuBg4wnxfK54DKi0
P5bAyCYL4KlM/CIAfiC6qC+dvBbmVgEAW6PRHKB7ljKtSN7gE+DPiACRALMTDD+TOgNDcQCzKwwMVhLCZmBr2S1IoShoqUAob4HAa9nJyy3PjE
lJSi4sx0hpzM5NS84lQGveKSopLEJCBdmQuiU4ryC8yBgIFiAAoFZiziWtB4sUUTZ8TCB2E2NHEHHPaxoPHZCeifgSbOgcaXgepH98MNHPahu5
8PpNfnfz6QakAW14AqZCKgXweLGhB4AKU90MIJ5n4JaNQBANqwTX8oAwAA
B
  ip -n srv link set dev s0 xdpgeneric obj /tmp/x7777.o sec xdp
}
traffic() { udp_send cli 10.0.0.1 5021 10.0.0.2 7777 5 32; }
ground_truth() {
  echo 'TRUTH srv drops in do_xdp_generic / netif_receive_generic_xdp, reason NOT_SPECIFIED on 6.12: program drop7777 on s0 (generic mode) returned XDP_DROP.'
  ip -n srv link show s0 | grep -A1 xdp; ip netns exec srv ethtool -S s0 2>/dev/null | grep -i xdp; ip -n srv -s link show s0 | sed -n 3,5p
}

main "$@"
