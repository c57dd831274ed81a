import { SYNTAX_CODES, type SyntaxCode } from "../../../../grammar/errors.ts";
import type { Page } from "../codes.ts";

/** The grammar names its codes; here is what there is to say about them. */
const pages: Readonly<Record<SyntaxCode, Omit<Page, "title">>> = {
  PWQ1001: {
    text: "The text follows the grammar up to this place, and what stands here cannot come next. The label says what could.",
    wrong: "trace skb until drop show mark netns",
    right: "trace skb until drop show mark, netns",
  },
  PWQ1002: {
    text: "Something is still to come when the line or the text ends. A clause may go on over the next lines, but a statement may not stop in the middle of an expression.",
    wrong: "trace skb where tcp.dport ==",
    right: "trace skb where tcp.dport == 443",
  },
  PWQ1003: {
    text: 'A string begins and ends with `"`, on the same line. A quote inside is written `\\"`.',
    wrong: 'trace skb where iface == "eth0',
    right: 'trace skb where iface == "eth0"',
  },
  PWQ1004: {
    text: "No word or sign of the language begins with this character. It often comes from a text that was typed elsewhere: typographic quotes, a long dash, a space that is none.",
    wrong: "trace skb where comm == “curl”",
    right: 'trace skb where comm == "curl"',
  },
  PWQ1005: {
    text: "Numbers are decimal (`10`, `1_000`), hexadecimal (`0x0a`) or binary (`0b1010`).",
    wrong: "trace skb where mark == 0xzz",
    right: "trace skb where mark == 0xff",
  },
  PWQ1006: {
    text: "An IPv4 address has four numbers from 0 to 255; an IPv6 address has the forms of RFC 4291.",
    wrong: "trace skb where ip.dst == 10.0.0.256",
    right: "trace skb where ip.dst == 10.0.0.255",
  },
  PWQ1007: {
    text: "A network is an address and a prefix length: at most 32 for IPv4, 128 for IPv6.",
    wrong: "trace skb where ip.dst in 10.0.0.0/33",
    right: "trace skb where ip.dst in 10.0.0.0/8",
  },
  PWQ1008: {
    text: "A MAC address has six pairs of hexadecimal digits with colons between.",
    wrong: "trace skb where eth.dst == 02:00:00:00:00",
    right: "trace skb where eth.dst == 02:00:00:00:00:01",
  },
  PWQ1009: {
    text: "Durations have the units `ns us ms s m h`, sizes `B KB MB GB KiB MiB GiB`.",
    wrong: "trace drop for 10sec",
    right: "trace drop for 10s",
  },
  PWQ1010: {
    text: "`=` gives a parameter its default and a `def` its meaning. Values are compared with `==`.",
    wrong: "trace skb where tcp.dport = 443",
    right: "trace skb where tcp.dport == 443",
  },
  PWQ1011: {
    text: "A comparison is true or false, so it cannot be compared with a number again. Say both comparisons, or give a range.",
    wrong: "trace skb where 1000 < len < 1500",
    right: "trace skb where len in 1001..1499",
  },
  PWQ1012: {
    text: "A bracket is opened and not closed, or closed and not opened.",
    wrong: "trace skb where (tcp or udp",
    right: "trace skb where (tcp or udp)",
  },
  PWQ1013: {
    text: "The body of a hook goes up to the brace that closes it, and there is none.",
    wrong: "trace drop\n\non drop (e) {",
    right: "trace drop",
  },
  PWQ1014: {
    text: "`trace` is followed by what is traced: `skb` for packets, `drop` for drops only.",
    wrong: "trace where tcp",
    right: "trace skb where tcp",
  },
  PWQ1015: {
    text: "A statement begins with `trace`, `def`, `param`, `use`, `on`, `@tags`, `@requires` or, on the first line, `pwq 1`.",
    wrong: "tarce skb",
    right: "trace skb",
  },
  PWQ1016: {
    text: "Nothing is in an empty set, so the condition could never be true.",
    wrong: "trace skb where tcp.dport in {}",
    right: "trace skb where tcp.dport in {80, 443}",
  },
  PWQ1017: {
    text: 'In a string a backslash begins an escape: `\\n \\t \\r \\0 \\\\ \\" \\xNN \\u{N}`. For a backslash itself write two.',
    wrong: 'trace skb where comm matches "\\d+"',
    right: 'trace skb where comm matches "\\\\d+"',
  },
  PWQ1018: {
    text: "Numbers have at most 64 bits.",
    wrong: "trace skb where mark == 0x1_0000_0000_0000_0000",
    right: "trace skb where mark == 0xffff_ffff",
  },
  PWQ1019: {
    text: "The expression is nested deeper, or has more parts, than any query that a person writes. Many values of one field belong in a set: `tcp.dport in {80, 443}`.",
  },
};

const titled = <C extends SyntaxCode>(codes: Readonly<Record<C, string>>): Record<C, Page> => {
  const entries = Object.entries(codes) as [C, string][];
  return Object.fromEntries(entries.map(([code, title]) => [code, { title, ...pages[code] }])) as Record<
    C,
    Page
  >;
};

/** 10xx: the text is not a program. */
export const syntax = titled(SYNTAX_CODES);
