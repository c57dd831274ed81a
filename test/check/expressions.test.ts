import { describe, expect, it } from "vitest";
import { print } from "./print.ts";
import { checked } from "./program.ts";

/** The typed tree of a condition, in one line (see print.ts). */
const where = (text: string): string => print(checked(`trace skb where ${text}`).queries[0]!.where!);

describe("constants take the type of the other side", () => {
  it.each([
    ["tcp.dport == 443", "(tcp.dport == 443:u16)"],
    ["443 == tcp.dport", "(tcp.dport == 443:u16)"],
    ["5 < ip.ttl", "(ip.ttl > 5:u8)"],
    ["len > 1500", "(len > 1500:sizeu32)"],
    ["len > 1500B", "(len > 1500:sizeu32)"],
    ["len > 64KiB", "(len > 65536:sizeu32)"],
    ["delta > 5ms", "(delta > 5000000:durationu64)"],
    ["elapsed > 0", "(elapsed > 0:durationu64)"],
    ["skb == 0xffff888000000000", "(skb == 18446612682070032384:pointeru64)"],
    ["ip.src == 10.0.0.1", "(ip.src == 167772161:ip4)"],
    ["ip.src == ::1", "(ip.src == 1:ip6)"],
    ["eth.src == 02:00:00:00:00:01", "(eth.src == 2199023255553:mac)"],
    ['iface == "eth0"', '(iface == "eth0":string16)'],
    ["ip.df == true", "(ip.df == true:bool)"],
    ["mark == ~0xff", "(mark == 4294967040:u32)"],
    ["mark == 1 << 4 | 2", "(mark == 18:u32)"],
    ["ifindex == -1", "(ifindex == -1:i32)"],
    ['netns == "web"', "(netns == 4026532281:u32)"],
    ["skb->len > 1500B", "(skb->len:u32 > 1500:u32)"],
  ])("%s", (text, tree) => expect(where(text)).toBe(tree));
});

describe("enumerators mean what the other side says", () => {
  it.each([
    ["drop.reason == NETFILTER_DROP", /^\(drop\.reason == \d+:u32\)$/],
    ["ct.state == NEW", /^\(ct\.state == 2:u8\)$/],
    ["tcp.flags has SYN", /^\(tcp\.flags has 0x2\)$/],
    ["tcp.flags has SYN|ACK", /^\(tcp\.flags has 0x12\)$/],
    ["tcp.flags & (SYN|ACK) == SYN", /^\(\(tcp\.flags & 18:u64\) == 2:u64\)$/],
    ["ip.proto in {TCP, UDP}", /^\(ip\.proto in \{6, 17\}\)$/],
    ["protocol == IPV6", /^\(protocol == 34525:u16\)$/],
    ["sk.state not in {LISTEN, CLOSE}", /^\(sk\.state not in \{7, 10\}\)$/],
  ])("%s", (text, tree) => expect(where(text)).toMatch(tree));
});

describe("sets", () => {
  it.each([
    ["tcp.dport in {443, 80, 8000..8099, 8090..8100, 81}", "(tcp.dport in {80..81, 443, 8000..8100})"],
    ["tcp.dport in 8000..8099", "(tcp.dport in {8000..8099})"],
    ["ip.dst in 10.0.0.0/8", "(ip.dst in {0xa000000..0xaffffff})"],
    ["ip.dst in {10.0.0.0/9, 10.128.0.0/9}", "(ip.dst in {0xa000000..0xaffffff})"],
    ["ip.dst in 10.0.0.1..10.0.0.9", "(ip.dst in {0xa000001..0xa000009})"],
    ["ip.dst in fd00::/8", `(ip.dst in {0xfd${"0".repeat(30)}..0xfd${"f".repeat(30)}})`],
    ["ip.dst in {10.0.0.1, ::1}", "(ip.dst in {0xa000001..0xa000001, 0x1..0x1})"],
    ["ip.dst in 0.0.0.0/0", "(ip.dst in {0x0..0xffffffff})"],
    ['func in {"ip_rcv", "ip_rcv", "ip_output"}', '(func in {"ip_rcv", "ip_output"})'],
    ["len in 1KiB..2KiB", "(len in {1024..2048})"],
    ["delta in 1us..1ms", "(delta in {1000..1000000})"],
  ])("%s", (text, tree) => expect(where(text)).toBe(tree));
});

describe("either end", () => {
  it.each([
    ["ip.addr == 10.0.0.1", "((ip.src == 167772161:ip4) or (ip.dst == 167772161:ip4))"],
    ["10.0.0.1 == ip.addr", "((ip.src == 167772161:ip4) or (ip.dst == 167772161:ip4))"],
    ["tcp and tcp.port != 443", "(has-tcp and ((tcp.sport != 443:u16) and (tcp.dport != 443:u16)))"],
    ["tcp.port < 1024", "((tcp.sport < 1024:u16) or (tcp.dport < 1024:u16))"],
    ["tcp.port in {80, 443}", "((tcp.sport in {80, 443}) or (tcp.dport in {80, 443}))"],
    [
      "ip.addr not in ::/0",
      `((ip.src not in {0x0..0x${"f".repeat(32)}}) and (ip.dst not in {0x0..0x${"f".repeat(32)}}))`,
    ],
    ["tcp.port == udp.dport", "((tcp.sport == udp.dport) or (tcp.dport == udp.dport))"],
  ])("%s", (text, tree) => expect(where(text)).toBe(tree));
});

describe("logic and presence", () => {
  it.each([
    ["tcp and not ip.dst == 10.0.0.1", "(has-tcp and (not (ip.dst == 167772161:ip4)))"],
    ["tcp or udp and icmp", "(has-tcp or (has-udp and has-icmp))"],
    ["true", "true:bool"],
    ["ip.df", "ip.df"],
    ["mark & 0xff == 7", "((mark & 255:u64) == 7:u64)"],
    ["len - ip.len > 14", "((len - ip.len) > 14:sizeu64)"],
    ["elapsed - delta < 1ms", "((elapsed - delta) < 1000000:durationu64)"],
    ["-ifindex == 1", "((-ifindex) == 1:i64)"],
    ["max(len, mtu) > 1500", "(max(len, mtu) > 1500:sizeu64)"],
    ["min(delta, 1ms) == 1ms", "(min(delta, 1000000:durationu64) == 1000000:durationu64)"],
    ['func ~ "nf_*"', '(func glob "nf_*")'],
    ['comm matches "^ng"', '(comm regex "^ng")'],
    ['drop.location ~ "nft_*"', '(drop.location glob "nft_*")'],
    ["arg(2) == 5ms", "(arg(2) == 5000000:u64)"],
  ])("%s", (text, tree) => expect(where(text)).toBe(tree));

  it("checks the expression that a field is read by", () => {
    expect(where("vlan.id == 7")).toBe("(vlan.id{(vlan.tci & 4095:u64)} == 7:u16)");
  });
});

describe("kernel paths", () => {
  it.each([
    ["skb->dev->ifindex == 2", "(skb->dev->ifindex:i32 == 2:i32)"],
    ["skb->pfmemalloc == 1", "(skb->pfmemalloc:u8 == 1:u8)"],
    ['skb->dev->name == "eth0"', '(skb->dev->name:string16 == "eth0":string16)'],
    ["skb->dev != 0", "(skb->dev:pointeru64 != 0:pointeru64)"],
    ["skb->len == len", "(skb->len:u32 == len)"],
  ])("%s", (text, tree) => expect(where(text)).toBe(tree));

  const shown = (text: string): string => print(checked(`trace skb show ${text}`).queries[0]!.show[0]!.value);
  it.each([
    ["str(skb->dev->name)", "str(skb->dev->name:string16, 16)"],
    ["str(skb->dev->name, 4)", "str(skb->dev->name:string16, 4)"],
    ["hex(skb->cb, 16)", "hex(skb->cb:string48, 16)"],
    ["hex(skb->sk->__sk_common, 8)", "hex(skb->sk->__sk_common:bytes136, 8)"],
    ["hex(mark)", "hex(mark, 4)"],
    ["payload(32)", "payload(32)"],
    ["len(iface)", "len(iface)"],
  ])("%s", (text, tree) => expect(shown(text)).toBe(tree));

  it("stay unresolved, and are typed by what they stand beside, without facts", () => {
    const { queries } = checked(
      'trace skb where skb->no.such[3]->thing == "x" and drop.reason == SOME_REASON',
      {
        facts: undefined,
      } as never,
    );
    expect(print(queries[0]!.where!)).toBe(
      '((skb->no.such[3]->thing:unknown == "x":string2) and (drop.reason == 0:unknown))',
    );
  });
});

describe("spans", () => {
  it("lie in the text of the query, also those of a field's expression", () => {
    const text = "trace skb where vlan.id == 7";
    const { where: tree } = checked(text).queries[0]!;
    const field = tree?.kind === "compare" && tree.left.kind === "field" ? tree.left : undefined;
    expect(text.slice(field!.span.start, field!.span.end)).toBe("vlan.id");
    expect(field!.expansion!.span).toEqual(field!.span);
  });
});
