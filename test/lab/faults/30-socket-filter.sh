#!/bin/bash
# SO_ATTACH_FILTER on the receiving socket drops everything.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() {
  timeout 12 ip netns exec srv python3 -I -S -c 'import socket,time,struct,ctypes
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
f=ctypes.create_string_buffer(struct.pack("HBBI",6,0,0,0));s.setsockopt(1,26,struct.pack("HxxxxxxQ",1,ctypes.addressof(f)))
s.bind(("10.0.0.2",6030));s.settimeout(3)
try: print("got",s.recv(99))
except OSError as e: print("srv:",e)' & local p=$!
  wait_for listening srv udp 6030; udp_send cli 10.0.0.1 5030 10.0.0.2 6030 5 32
  ip netns exec srv ss -Hluanmb 2>/dev/null; ip netns exec srv ss -Hluan0b 2>/dev/null | head -3; wait $p
}
ground_truth() { echo 'TRUTH srv drops in udp_queue_rcv_one_skb, reason SOCKET_FILTER: the socket on 6030 has a classic BPF filter (ret 0).'; ip netns exec srv nstat -az UdpInErrors | tail -1; }

main "$@"
