import type { Layer } from "../fields/field.ts";
import { VIEW_HAS } from "../layout.ts";

/** Where the code generator finds a header that parsing has found. */
export interface HeaderPlace {
  /** View bit that says the header is there, with at least `least` bytes of it linear. */
  readonly has: number;
  readonly least: number;
  /** Member of the event that holds the header's offset from skb->head. */
  readonly at: "l2" | "l3" | "l4";
  /** Member of the event that holds a second offset to add. */
  readonly plus?: "frag6";
  /** Copy of the header's first bytes, made only where reads are not direct. */
  readonly copy?: { readonly member: "l2bytes" | "l3bytes" | "l4bytes"; readonly size: number };
}

const l4 = (
  layer: "tcp" | "udp" | "icmp" | "icmp6" | "sctp" | "esp" | "gre",
  least: number,
): HeaderPlace => ({
  has: VIEW_HAS[layer],
  least,
  at: "l4",
  copy: { member: "l4bytes", size: 24 },
});

const l3 = (layer: "arp" | "ip4" | "ip6", least: number): HeaderPlace => ({
  has: VIEW_HAS[layer],
  least,
  at: "l3",
  copy: { member: "l3bytes", size: 40 },
});

export const HEADER: Readonly<Record<Exclude<Layer, "vlan">, HeaderPlace>> = {
  eth: { has: VIEW_HAS.eth, least: 14, at: "l2", copy: { member: "l2bytes", size: 14 } },
  arp: l3("arp", 28),
  ip4: l3("ip4", 20),
  ip6: l3("ip6", 40),
  frag6: { has: VIEW_HAS.frag6, least: 8, at: "l3", plus: "frag6" },
  tcp: l4("tcp", 20),
  udp: l4("udp", 8),
  icmp: l4("icmp", 4),
  icmp6: l4("icmp6", 4),
  sctp: l4("sctp", 12),
  esp: l4("esp", 8),
  gre: l4("gre", 4),
};

/** Transport protocols by number (IANA), the family they belong to if only one, and the bytes without which they are not there. */
export const TRANSPORTS: readonly { layer: keyof typeof HEADER; proto: number; family?: "ip4" | "ip6" }[] = [
  { layer: "tcp", proto: 6 },
  { layer: "udp", proto: 17 },
  { layer: "icmp", proto: 1, family: "ip4" },
  { layer: "icmp6", proto: 58, family: "ip6" },
  { layer: "sctp", proto: 132 },
  { layer: "esp", proto: 50 },
  { layer: "gre", proto: 47 },
];
