#!/bin/bash
# What `pwq why` costs packets that are not dropped: datagrams a second that a router forwards between two namespaces,
# without it and beside it in turns. Prints the median of each. Needs root, and dist/ as it is built.
#   bench/why.sh [ROUNDS]
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-5}
seconds=3
folder=$(mktemp -d)
names=(bench-why-a bench-why-r bench-why-b)
clean_up() {
  [[ -z ${listener:-} ]] || kill "$listener" 2>/dev/null || true
  for name in "${names[@]}"; do ip netns del "$name" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap clean_up EXIT

cc -O2 -o "$folder/send" test/lab/kit/send.c
for name in "${names[@]}"; do ip netns add "$name"; done
ip link add a0 netns bench-why-a type veth peer name r0 netns bench-why-r
ip link add b0 netns bench-why-b type veth peer name r1 netns bench-why-r
ip -n bench-why-a addr add 192.0.2.1/25 dev a0; ip -n bench-why-r addr add 192.0.2.126/25 dev r0
ip -n bench-why-b addr add 192.0.2.129/25 dev b0; ip -n bench-why-r addr add 192.0.2.254/25 dev r1
ip -n bench-why-a link set a0 up; ip -n bench-why-b link set b0 up
ip -n bench-why-r link set r0 up; ip -n bench-why-r link set r1 up
ip -n bench-why-a route add default via 192.0.2.126; ip -n bench-why-b route add default via 192.0.2.254
ip netns exec bench-why-r sysctl -qw net.ipv4.ip_forward=1
"$folder/send" bench-why-b listen udp 192.0.2.129 9000 >/dev/null &
listener=$!
sleep 0.5

blast() { "$folder/send" bench-why-a blast 192.0.2.129 9000 $seconds | grep -oE '[0-9]+' | head -1; }
beside() { # pwq why ends by itself after the sender
  rm -f "$folder/ready"
  dist/pwq why --quiet --json --for $((seconds + 3))s --ready-file "$folder/ready" >/dev/null &
  local pwq=$!
  until [[ -e $folder/ready ]]; do sleep 0.05; done
  blast
  wait "$pwq"
}
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

blast >/dev/null # neighbours are known from here on
for ((i = 0; i < rounds; i++)); do
  blast >>"$folder/without"
  beside >>"$folder/with"
done
echo "without: $(($(median <"$folder/without") / seconds)) datagrams a second; beside pwq why: $(($(median <"$folder/with") / seconds))"
