#!/bin/bash
# UDP receive buffer full: the reader is stuck.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() {
  timeout 40 ip netns exec srv python3 -I -S -c 'import socket,time
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.setsockopt(1,8,2048);s.bind(("10.0.0.2",6015));time.sleep(30)' & local p=$!
  wait_for listening srv udp 6015; udp_send cli 10.0.0.1 5015 10.0.0.2 6015 20 1000 gap=0.02
  ip netns exec srv ss -Hluanm; kill $p; wait $p
}
ground_truth() {
  echo 'TRUTH srv drops at the socket: reason SOCKET_RCVBUFF, socket on port 6015 has rcvbuf full (see ss skmem r/rb/d above).'
  ip netns exec srv nstat -az UdpRcvbufErrors UdpInErrors | tail -2
}

main "$@"
