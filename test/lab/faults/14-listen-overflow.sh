#!/bin/bash
# Accept queue overflow: listen(1), nobody accepts, six clients connect.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() { std2; }
traffic() {
  timeout 12 ip netns exec srv python3 -I -S -c 'import socket,time
s=socket.socket();s.setsockopt(1,2,1);s.bind(("10.0.0.2",6014));s.listen(1);time.sleep(5)' & local p=$!
  wait_for listening srv tcp 6014
  timeout 12 ip netns exec cli python3 -I -S -c 'import socket,time
L=[]
for i in range(6):
    s=socket.socket();s.setsockopt(1,2,1);s.bind(("10.0.0.1",5140+i));s.setblocking(False)
    try: s.connect(("10.0.0.2",6014))
    except BlockingIOError: pass
    L.append(s);time.sleep(0.1)
time.sleep(2.5)
import struct
print("tcp states",[s.getsockopt(6,11,8)[0] for s in L],"(1=ESTABLISHED 2=SYN_SENT)")
for s in L: s.setsockopt(1,13,struct.pack("ii",1,0))'
  echo "listener:"; ip netns exec srv ss -Hltn; ip netns exec srv ss -Htan | head; wait $p
}
ground_truth() {
  echo 'TRUTH srv: accept queue of *:6014 is full (Recv-Q > backlog). New SYNs are dropped in tcp_conn_request and the skb is CONSUMED there (no kfree_skb event in older kernels); final ACKs of half-open requests are dropped in tcp_v4_rcv.'
  ip netns exec srv nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop TcpExtTCPReqQFullDoCookies | tail -4
}

main "$@"
