#!/bin/bash
# TUN device whose reader (VM, VPN daemon) is stuck: the ring is full.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; modprobe tun; mkdir -p /dev/net; [[ -e /dev/net/tun ]] || mknod /dev/net/tun c 10 200; }
traffic() {
  timeout 40 ip netns exec rtr python3 -I -S -c 'import fcntl,struct,os,time
f=os.open("/dev/net/tun",os.O_RDWR);fcntl.ioctl(f,0x400454ca,struct.pack("16sH",b"tun0",0x1001))
os.system("ip link set tun0 txqueuelen 2 up; ip addr add 10.0.4.1/24 dev tun0")
time.sleep(30)' & local p=$!
  wait_for ip netns exec rtr grep -q 10.0.4.1 /proc/net/fib_trie; udp_send cli 10.0.1.1 5038 10.0.4.2 6038 10 32; ip -n rtr -s link show tun0; tc -n rtr -s qdisc show dev tun0; kill $p; wait $p
}
ground_truth() { echo 'TRUTH rtr drops in tun_net_xmit, reason FULL_RING: the process that holds tun0 does not read (txqueuelen 2).'; }

main "$@"
