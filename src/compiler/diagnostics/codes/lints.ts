import type { Page } from "../codes.ts";

/** 116x: warnings about expressions that are right but hardly meant. */
export const lints = {
  PWQ1161: {
    title: "a network with host bits",
    text: "The address has bits set beyond the prefix length. They are ignored, as everywhere in the kernel, but often the prefix length is what is wrong.",
    wrong: "trace skb where ip.dst in 10.1.2.3/8",
    right: "trace skb where ip.dst in 10.0.0.0/8",
  },
  PWQ1162: {
    title: "`!=` on a field that can be absent",
    text: "A comparison on a field that the packet does not have is unknown, and unknown is not true: `tcp.dport != 443` leaves out not only port 443 but every packet that is not TCP. Either say that only TCP is meant, with `tcp and`, or take the others in with `not tcp or`.",
    wrong: "trace skb where tcp.dport != 443",
    right: "trace skb where not tcp or tcp.dport != 443",
  },
  PWQ1163: {
    title: "the same for every packet",
    text: "The comparison is true, or false, whatever the packet is.",
    wrong: "trace skb where len >= 0 and tcp",
    right: "trace skb where tcp",
  },
  PWQ1164: {
    title: "no such interface now",
    text: "No network namespace that can be looked into has an interface of that name. The trace runs, and matches as soon as there is one; `ip -all netns exec ip -brief link` lists those there are.",
    wrong: 'trace skb where iface == "eth00"',
    right: 'trace skb where iface == "eth0"',
  },
} as const satisfies Record<string, Page>;
