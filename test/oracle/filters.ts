import type { Random } from "../random.ts";
import { COMMS } from "./occasion.ts";
import { POOL } from "./pools.ts";

/** A random condition, well-typed, as a user would write it; its constants are those that packets are made of. */
export function randomFilter(random: Random): string {
  return condition(random, random.pick([0, 1, 1, 2, 2, 3]));
}

function condition(random: Random, depth: number): string {
  if (depth === 0) return random.pick(TESTS)(random);
  const inner = (): string => condition(random, depth - 1);
  switch (random.int(0, 5)) {
    case 0:
      return `not (${inner()})`;
    case 1:
      return `!(${inner()})`;
    case 2:
      return `(${inner()}) || (${inner()})`;
    case 3:
      return `(${inner()} and ${inner()})`;
    case 4:
      return `(${inner()} or ${inner()})`;
    default:
      return `(${inner()}) && (${inner()})`;
  }
}

interface NumberField {
  readonly name: string;
  readonly some: readonly number[];
  readonly max: number;
}
const field = (name: string, max: number, some: readonly number[]): NumberField => ({ name, max, some });
const U8 = 0xff;
const U16 = 0xffff;
const U32 = 0xffffffff;

const NUMBERS: readonly NumberField[] = [
  ...["tcp.sport", "tcp.dport", "udp.sport", "udp.dport", "sctp.dport"].map((name) =>
    field(name, U16, POOL.port),
  ),
  ...["mark", "sk.mark", "ct.mark", "skb->mark"].map((name) => field(name, U32, POOL.mark)),
  ...["ip.ttl", "ip4.ttl", "ip6.ttl"].map((name) => field(name, U8, POOL.ttl)),
  ...["mtu", "rt.mtu", "skb->dev->mtu"].map((name) => field(name, U32, POOL.mtu)),
  ...["esp.spi", "gre.key"].map((name) => field(name, U32, POOL.spi)),
  ...["skb->protocol", "protocol", "eth.type"].map((name) => field(name, U16, [0x0800, 0x86dd, 0x8100])),
  ...["pid", "tid"].map((name) => field(name, U32, [1, 1000, 4242])),
  field("cpu", U16, [0, 1, 3]),
  field("cgroup", U32, [1, 5]),
  field("context", U8, [0, 1, 2]),
  field("ip.proto", U8, [1, 6, 17, 58, 132]),
  field("ip.version", U8, [4, 6]),
  field("ip.len", U32, [40, 52, 60, 100]),
  field("ip.plen", U32, [8, 20, 32]),
  field("ip.frag", U32, [0, 8, 1480]),
  field("ip.tos", U8, [0, 16, 184]),
  field("ip.id", U32, [0, 1000]),
  field("ip4.hlen", U32, [20, 24, 40]),
  field("ip6.nxt", U8, [0, 6, 44, 58]),
  field("tcp.len", U32, [0, 4, 12]),
  field("tcp.win", U16, [1000, 32768]),
  field("tcp.seq", U32, [2 ** 31]),
  field("udp.len", U32, [8, 12, 20]),
  field("icmp.type", U8, [0, 3, 8]),
  field("icmp.seq", U16, [0, 32768]),
  field("tunnel.kind", U16, [1, 2, 3, 4, 5]),
  field("tunnel.vni", 0xffffff, POOL.vni),
  field("inner.tcp.dport", U16, POOL.port),
  field("inner.udp.sport", U16, POOL.port),
  field("inner.ip.proto", U8, [6, 17, 1]),
  field("inner.vlan.id", 0xfff, [1, 100]),
  field("inner.ip.ttl", U8, POOL.ttl),
  field("inner.eth.type", U16, [0x0800, 0x86dd]),
  field("icmp6.type", U8, [1, 128, 135]),
  field("arp.op", U16, [1, 2]),
  field("vlan.id", 0xfff, [1, 100, 4095]),
  field("vlan.tci", U16, POOL.tci),
  field("len", U32, [40, 60, 100]),
  field("data_len", U32, [0, 100]),
  field("queue", U16, [0, 3]),
  field("hash", U32, [0, 2 ** 31]),
  field("ct.state", U8, [0, 2, 7]),
  field("ct.status", U32, [1, 8, 256]),
  field("sk.uid", U32, POOL.uid),
  field("gso.size", U16, [0, 1448]),
  field("gso.type", U32, [1, 17]),
  field("skb->pkt_type", 7, [0, 3]),
  field("ifindex", 0x7fffffff, POOL.ifindex),
  field("skb->dev->ifindex", 0x7fffffff, POOL.ifindex),
  field("skb->sk->__sk_common.skc_dport", U16, POOL.port),
  // A `char`, signed up to 6.1 and unsigned since 6.2: so only what is the same in both.
  field("skb->cb[3] & 0x7f", 0x7f, [0, 64]),
];

const COMPARISONS = ["==", "==", "==", "!=", "<", "<=", ">", ">="];
const hexOrNot = (random: Random, value: number): string =>
  random.once(5) ? `0x${value.toString(16)}` : String(value);

const four = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
const six = (value: bigint): string =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(":");
const mac = (value: bigint): string =>
  value
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?=.)/g, "$&:");

function address(random: Random): string {
  return random.once(2) ? four(random.pick(POOL.address4)) : six(random.pick(POOL.address6));
}

function network(random: Random): string {
  if (random.once(2)) {
    const prefix = random.pick([0, 8, 16, 24, 31, 32]);
    const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
    return `${four((random.pick(POOL.address4) & mask) >>> 0)}/${prefix}`;
  }
  const prefix = random.pick([0, 7, 10, 64, 127, 128]);
  const mask = ((1n << 128n) - 1n) ^ ((1n << BigInt(128 - prefix)) - 1n);
  return `${six(random.pick(POOL.address6) & mask)}/${prefix}`;
}

function numberSet(random: Random, { some, max }: NumberField): string {
  const item = (): string => {
    if (!random.once(3)) return String(random.once(2) ? random.pick(some) : random.int(0, max));
    const low = random.int(0, max);
    return `${low}..${random.int(low, max)}`;
  };
  return `{${Array.from({ length: random.pick([1, 2, 5, 12]) }, item).join(", ")}}`;
}

const membership = (random: Random): string => random.pick(["in", "in", "not in"]);
const ADDRESSES = ["ip.src", "ip.dst", "ip.addr"];

/** Tests without `and`, `or` and `not`. */
const TESTS: readonly ((random: Random) => string)[] = [
  comparison,
  comparison,
  comparison,
  (random) => {
    const some = random.pick(NUMBERS);
    return `${some.name} ${membership(random)} ${numberSet(random, some)}`;
  },
  computation,
  computation,
  (random) => `${random.pick(ADDRESSES)} ${random.pick(["==", "!="])} ${address(random)}`,
  (random) => `${random.pick(ADDRESSES.slice(0, 2))} ${membership(random)} ${network(random)}`,
  (random) => {
    const items = Array.from({ length: random.pick([2, 4, 11]) }, () =>
      random.pick([address, network])(random),
    );
    return `${random.pick(ADDRESSES.slice(0, 2))} ${membership(random)} {${items.join(", ")}}`;
  },
  (random) => `ip4.dst ${random.pick(["==", "!="])} ${four(random.pick(POOL.address4))}`,
  (random) => `ip6.src ${random.pick(["==", "!="])} ${six(random.pick(POOL.address6))}`,
  (random) => `arp.spa == ${four(random.pick(POOL.address4))}`,
  (random) => `eth.${random.pick(["src", "dst"])} ${random.pick(["==", "!="])} ${mac(random.pick(POOL.mac))}`,
  (random) =>
    `${random.pick(["tcp.port", "udp.port", "sctp.port"])} ${random.pick(["==", "!="])} ${random.pick(POOL.port)}`,
  (random) => `tcp.flags has ${random.pick(["SYN", "ACK", "SYN|ACK", "FIN"])}`,
  (random) => `ct.status has ${random.pick(["SEEN_REPLY", "CONFIRMED", "SRC_NAT"])}`,
  (random) => `ct.state ${random.pick(["==", "!="])} ${random.pick(["NEW", "ESTABLISHED", "UNTRACKED"])}`,
  (random) => `sk.state ${random.pick(["==", "!="])} ${random.pick(["ESTABLISHED", "LISTEN", "TIME_WAIT"])}`,
  (random) => random.pick(["ip.df", "ip.mf", "ip.df == false", "ip4.df != true"]),
  (random) =>
    (random.once(4) ? "inner." : "") +
    random.pick([
      "eth",
      "vlan",
      "arp",
      "ip",
      "ip4",
      "ip6",
      "tcp",
      "udp",
      "icmp",
      "icmp6",
      "sctp",
      "esp",
      "gre",
    ]),
  (random) =>
    `${random.once(3) ? "inner." : ""}pcap "${random.pick([
      "tcp",
      "udp port 53",
      "host 10.0.0.1 or host fd00::1",
      "tcp port 443 and not src net 10.0.0.0/8",
      "ether host 02:42:0a:00:00:01",
      "vlan and ip",
      "ip[8] > 64 and len < 100",
      "arp or icmp6",
    ])}"`,
  (random) => `iface ${random.pick(["==", "!="])} "${random.pick(POOL.iface).slice(0, 15)}"`,
  (random) => `iface ${membership(random)} {"eth0", "${random.pick(["lo", "wg0", "nope"])}"}`,
  (random) => `comm ${random.pick(["==", "!="])} "${random.pick(COMMS)}"`,
  (random) => `comm ~ "${random.pick(["c*", "*n*", "k*/[0-3]", "????"])}"`,
  (random) => `drop.reason ${random.pick(["==", "!="])} ${random.pick(["NO_SOCKET", "NETFILTER_DROP", "5"])}`,
  (random) => `drop.reason in {NO_SOCKET, ${random.int(2, 9)}..${random.int(10, 30)}}`,
  (random) => `iface ~ "${random.pick(["eth*", "*0", "?o", "[vw]*", "[!e]*1", "*lan*"])}"`,
  (random) => `iface matches "${random.pick(["^eth", "0$", "th|wg", "^.{2,4}$", "[0-9]{3}"])}"`,
];

function comparison(random: Random): string {
  const { name, some, max } = random.pick(NUMBERS);
  const value = random.once(4) ? random.int(0, max) : random.pick(some);
  return `${name} ${random.pick(COMPARISONS)} ${hexOrNot(random, value)}`;
}

/** Arithmetic over numbers without a unit, with zeros to divide by. */
const PLAIN: readonly NumberField[] = NUMBERS.filter(({ name }) =>
  [
    "tcp.sport",
    "tcp.dport",
    "mark",
    "ip.ttl",
    "tcp.seq",
    "tcp.win",
    "vlan.id",
    "queue",
    "ct.mark",
    "ifindex",
  ].includes(name),
);

function computation(random: Random): string {
  const operand = (): string => (random.once(3) ? String(random.int(0, 300)) : random.pick(PLAIN).name);
  const a = random.pick(PLAIN).name;
  const b = operand();
  const op = random.pick(["+", "-", "*", "/", "%", "&", "|", "^"]);
  const made = random.pick([
    `${a} ${op} ${b}`,
    `(${a} ${op} ${b}) ${random.pick(["+", "&", "%"])} ${random.int(1, 255)}`,
    `(${a} >> ${random.int(0, 12)})`,
    `(${a} << ${random.int(0, 40)})`,
    `${random.pick(["min", "max"])}(${a}, ${b})`,
    `-${a}`,
  ]);
  return `${made} ${random.pick(COMPARISONS)} ${random.pick([String(random.int(0, 1000)), random.pick(PLAIN).name])}`;
}
