import type { Page } from "../codes.ts";
import { clauses } from "./clauses.ts";
import { lints } from "./lints.ts";

/** 11xx: names and types. Clauses (12xx) and warnings (116x) have files of their own. */
export const check = {
  PWQ1101: {
    title: "unknown parameter in an expression",
    text: "`$name` stands for a parameter, and no `param` statement in this file or in a file it uses declares that name.",
    wrong: "param port: port = 443\n\ntrace skb where tcp.dport == $prot",
    right: "param port: port = 443\n\ntrace skb where tcp.dport == $port",
  },
  PWQ1102: {
    title: "unknown field",
    text: "The name is neither a field, nor a protocol, nor a `def` of this file or of a file it uses. Fields are named as Wireshark names them where it has a good name; `pwq fields` lists them all and `pwq fields 'tcp.*'` those of TCP. Members of kernel structures are reached by a path from the packet: `skb->dev->ifindex`.",
    wrong: "trace skb where tcp.dstport == 443",
    right: "trace skb where tcp.dport == 443",
  },
  PWQ1103: {
    title: "unknown enumerator",
    text: "The field has named values, and this is not one of them. The names come from the running kernel's BTF where the kernel has an enumeration for the field, so they can differ between kernels; `pwq fields NAME` lists them.",
    wrong: "trace drop where drop.reason == NETFILTER_DORP",
    right: "trace drop where drop.reason == NETFILTER_DROP",
  },
  PWQ1104: {
    title: "unknown function",
    text: 'Only the functions of the language can be called: `str hex arg payload len abs min max`. Functions of the kernel are not called but looked at: `at ip_rcv`, `until fn(ip_rcv)`, `func ~ "ip_*"`.',
    wrong: "trace skb show string(skb->dev->name)",
    right: "trace skb show str(skb->dev->name)",
  },
  PWQ1105: {
    title: "wrong number of arguments",
    text: "The function takes another number of arguments; the label says how it is called.",
    wrong: "trace skb show max(len)",
    right: "trace skb show max(len, mtu)",
  },
  PWQ1106: {
    title: "an argument of the wrong kind",
    text: "The argument cannot be used here: a number of bytes or of an argument must be written out as a number in the range the label gives, and the other functions take the kinds of values the label names.",
    wrong: "trace skb show payload(mark)",
    right: "trace skb show payload(32)",
  },
  PWQ1107: {
    title: "unlike types",
    text: "Both sides of a comparison must be of one type: a number with a number, an address with an address, a string with a string. Nothing is converted silently, because the conversion that was meant is often not the one that would be made. The label says what each side is and, where it can, what to write instead.",
    wrong: 'trace skb where ip.src == "10.0.0.1"',
    right: "trace skb where ip.src == 10.0.0.1",
  },
  PWQ1108: {
    title: "a unit is missing or wrong",
    text: "Times are compared with durations, which need a unit: `ns us ms s min h`. Sizes take `B KB MB KiB MiB` or a plain number of bytes. A plain number beside a time is nearly always a mistake of a factor of a million.",
    wrong: "trace skb when delta > 5",
    right: "trace skb when delta > 5ms",
  },
  PWQ1109: {
    title: "a constant the field cannot have",
    text: "The field is too narrow for this value, so the comparison has the same result for every packet. A port has 16 bits (0 to 65535), a DSCP value 6, an interface name at most 15 characters. For the complement of an unsigned number write its bits: `0xffffffff` instead of `-1`.",
    wrong: "trace skb where tcp.dport == 70000",
    right: "trace skb where tcp.dport == 7000",
  },
  PWQ1110: {
    title: "a condition is expected",
    text: "`where`, `when`, `and`, `or` and `not` take conditions, which are true or false. A number is not a condition: say what it is compared with.",
    wrong: "trace skb where mark",
    right: "trace skb where mark != 0",
  },
  PWQ1111: {
    title: "no arithmetic with this type",
    text: "`+ - * / % & | ^ << >>` calculate with numbers. Conditions are joined by `and` and `or`; addresses are compared with networks by `in`.",
    wrong: "trace skb where ip.src & 255.0.0.0 == 10.0.0.0",
    right: "trace skb where ip.src in 10.0.0.0/8",
  },
  PWQ1112: {
    title: "a set is not compared by `==`",
    text: "A network, a range or a set holds many values, and one value is in it or not: use `in` and `not in`.",
    wrong: "trace skb where ip.dst == 10.0.0.0/8",
    right: "trace skb where ip.dst in 10.0.0.0/8",
  },
  PWQ1113: {
    title: "these values have no order",
    text: "`< <= > >=` compare numbers. Addresses and strings are only equal or not; a range of addresses is written with `in`.",
    wrong: "trace skb where ip.src > 10.0.0.1",
    right: "trace skb where ip.src in 10.0.0.1..10.0.0.99",
  },
  PWQ1114: {
    title: "addresses of different families",
    text: "One side can only be an IPv4 address and the other only an IPv6 address, so they are never equal. `ip.src` and `ip.dst` are of either family; `ip4.` and `ip6.` are of one.",
    wrong: "trace skb where ip4.src == ::1",
    right: "trace skb where ip6.src == ::1",
  },
  PWQ1115: {
    title: "not a constant",
    text: "What stands in a set, a range, a pattern or after `has` must be known before the trace starts: a literal, a parameter or a name of a value. To compare with another field use `==`.",
    wrong: "trace skb where tcp.dport in {mark, 443}",
    right: "trace skb where tcp.dport == mark or tcp.dport == 443",
  },
  PWQ1116: {
    title: "an empty range",
    text: "A range is written from its lowest to its highest value, both included.",
    wrong: "trace skb where tcp.dport in 8099..8000",
    right: "trace skb where tcp.dport in 8000..8099",
  },
  PWQ1117: {
    title: "a bad pattern",
    text: "The pattern after `matches` is not a regular expression that can be decided in one pass over the text. Back references and look-around cannot; everything else that JavaScript has can. `~` takes a glob, where only `*`, `?` and `[…]` are special.",
    wrong: 'trace skb where comm matches "ng("',
    right: 'trace skb where comm matches "ng(inx)?"',
  },
  PWQ1118: {
    title: "only text matches a pattern",
    text: "`~` and `matches` compare a string, such as `func`, `comm` or `iface`, with a pattern in quotes.",
    wrong: 'trace skb where mark ~ "7*"',
    right: 'trace skb where comm ~ "ng*"',
  },
  PWQ1119: {
    title: "`has` on a field without flags",
    text: "`x has FLAG` is true if all bits of FLAG are set in `x`. The left side must be a number, and what follows its flags.",
    wrong: "trace skb where ip.src has SYN",
    right: "trace skb where tcp.flags has SYN",
  },
  PWQ1120: {
    title: "known only after the event",
    text: "The value is put together outside the kernel when the event is printed, so no condition can test it. The label names the fields it is made of, which can be tested.",
    wrong: 'trace skb where process == "curl:4711"',
    right: 'trace skb where comm == "curl"',
  },
  PWQ1121: {
    title: "no such member in this kernel",
    text: "The path goes through a structure that has no member of this name, by the BTF of this kernel. Members come and go between kernels. Anonymous unions and structures are passed through by themselves: `skb->dev`, not `skb->anon->dev`.",
    wrong: "trace skb show skb->device->ifindex",
    right: "trace skb show skb->dev->ifindex",
  },
  PWQ1122: {
    title: "the path ends in a whole structure",
    text: "A path must end in something that can be printed or compared: a number, an enumeration, a pointer, an array of characters, or a few bytes. Go on with `.member`, or print the beginning of it with `hex(path, 16)`.",
    wrong: "trace skb show skb->sk->__sk_common",
    right: "trace skb show skb->sk->__sk_common.skc_family",
  },
  PWQ1123: {
    title: "a path step that does not fit",
    text: "`->` follows a pointer, `.` goes into a structure that is part of this one, and `[n]` takes an element of an array that has one of that number.",
    wrong: "trace skb show skb->dev.ifindex",
    right: "trace skb show skb->dev->ifindex",
  },
  PWQ1124: {
    title: "a path from nowhere",
    text: "A path through kernel structures begins at `skb`, the packet. The device is `skb->dev`, the socket `skb->sk`.",
    wrong: "trace skb show dev->ifindex",
    right: "trace skb show skb->dev->ifindex",
  },
  PWQ1125: {
    title: "only for `show`",
    text: "The value can be printed but not tested: it has no single number or text that a condition could be about.",
    wrong: 'trace skb where tuple == "10.0.0.1"',
    right: "trace skb where ip.addr == 10.0.0.1 show tuple",
  },
  PWQ1126: {
    title: "quotes are missing",
    text: "A text is written in quotes. Without them it is the name of a field or of a `def`.",
    wrong: "trace skb where iface == eth0",
    right: 'trace skb where iface == "eth0"',
  },
  PWQ1127: {
    title: "not a text in the kernel",
    text: "`str(path)` prints the text that a `char *` or an array of characters holds. Other values are printed as they are, or with `hex(…)`.",
    wrong: "trace skb show str(skb->dev)",
    right: "trace skb show str(skb->dev->name)",
  },
  PWQ1128: {
    title: "a division by zero",
    text: "The divisor is always zero, so the value would be absent for every packet.",
    wrong: "trace skb where len / 0 == 1",
    right: "trace skb where len / 2 == 1",
  },
  PWQ1129: {
    title: "a definition in terms of itself",
    text: "A `def` is replaced by its expression, so it cannot lead back to itself. The label shows the way round.",
    wrong: "def a = b or tcp\ndef b = a and udp\n\ntrace skb where a",
    right: "def a = udp or tcp\ndef b = a and udp\n\ntrace skb where a",
  },
  PWQ1130: {
    title: "a protocol is not a value",
    text: "A bare protocol name says whether the packet has that header: it is a condition. The number of the protocol is in `ip.proto`, of the Ethernet type in `protocol`, the ports in `tcp.port` and `udp.port`.",
    wrong: "trace skb where tcp == 443",
    right: "trace skb where tcp.port == 443",
  },
  PWQ1131: {
    title: "no such network namespace",
    text: "A network namespace is named as `ip netns` names it, or given by its inode number. The name must exist when the trace starts.",
    wrong: 'trace skb where netns == "bleu"',
    right: 'trace skb where netns == "blue"',
  },
  PWQ1132: {
    title: "the kernel lacks what the field is read from",
    text: "The field is a member of a kernel structure that this kernel, by its BTF, does not have: it was added later, taken away, or belongs to a module that is not loaded or an option that was not built.",
  },
  ...lints,
  ...clauses,
} as const satisfies Record<string, Page>;
