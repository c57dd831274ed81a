/** Values that packets are made of and filters ask for: few, so that they meet. */
export const POOL = {
  address4: [0x0a000001, 0x0a000002, 0x0aff0102, 0xc0a80117, 0x7f000001, 0x01010101],
  address6: [
    0xfd00_0000_0000_0000_0000_0000_0000_0001n,
    0xfd00_0000_0000_0000_0000_0000_0000_0002n,
    0xfe80_0000_0000_0000_0242_0aff_fe00_0002n,
    0x2001_0db8_0000_0000_0000_ffff_0a00_0001n,
    1n,
  ],
  mac: [0x0242_0a00_0001n, 0x0242_0a00_0002n, 0xffff_ffff_ffffn],
  port: [22, 53, 80, 443, 8000, 8080, 40222, 65535],
  mark: [0, 1, 7, 0x100, 0xdeadbeef],
  iface: ["eth0", "lo", "veth1", "wg0", "br-lan0123456789"],
  ifindex: [1, 2, 7, 1024],
  netns: [4026531840, 4026532281, 4026532345],
  mtu: [576, 1280, 1420, 1500, 65536],
  ttl: [1, 63, 64, 128, 255],
  tci: [1, 100, 0x6064, 0x8fff],
  spi: [1, 0xc0ffee, 0x80000000],
  uid: [0, 33, 1000],
  cgroup: [1n, 4711n, 0x1_0000_0001n],
  vni: [0, 7, 0xffffff],
} as const;

export const ETH_IP = 0x0800;
export const ETH_ARP = 0x0806;
export const ETH_IPV6 = 0x86dd;
export const ETH_VLAN = 0x8100;
export const ETH_QINQ = 0x88a8;
