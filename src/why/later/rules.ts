import type { Evidence } from "../drop.ts";
import { contains } from "./routes.ts";

/** Whether the conditions of a firewall rule compare a packet, as far as its text is understood. */
export interface Fit {
  /** None of the conditions that are understood is false. */
  readonly fits: boolean;
  /** How many are true. */
  readonly score: number;
}

type Test = (e: Evidence, value: string) => boolean | undefined;

const same =
  (name: Parameters<Evidence["text"]>[0]): Test =>
  (e, value) => {
    const own = e.text(name);
    return own === undefined ? undefined : members(value).some((member) => matches(member, own));
  };

const protocolOf = (e: Evidence): string | undefined => e.text("ip.proto")?.toLowerCase();

/** What a match on a header's type implies; the types have other names there. */
const implies =
  (proto: string): Test =>
  (e) => {
    const own = protocolOf(e);
    return own === undefined ? undefined : own === proto;
  };

const NAMES: Readonly<Record<string, string>> = { "ipv6-icmp": "icmpv6" };
const protocol: Test = (e, value) => {
  const own = protocolOf(e);
  return own === undefined ? undefined : members(value).some((member) => (NAMES[member] ?? member) === own);
};

const port =
  (proto: string, name: "udp.dport" | "udp.sport" | "tcp.dport" | "tcp.sport"): Test =>
  (e, value) => {
    const own = protocolOf(e);
    if (own !== undefined && own !== proto) return false;
    return same(name)(e, value);
  };

const either =
  (udp: "udp.dport" | "udp.sport", tcp: "tcp.dport" | "tcp.sport"): Test =>
  (e, value) =>
    same(e.text(udp) === undefined ? tcp : udp)(e, value);

/** By the rule: the connection is not known, or the packet does not belong to it. */
const state: Test = (e, value) => {
  const own = e.text("ct.state");
  if (own === undefined) return /invalid|untracked/i.test(value);
  const plain = own.replace(/_REPLY$|_IS$/, "").toLowerCase();
  return members(value).some((member) => member.toLowerCase() === plain);
};

/** What stands in rules of nft and of iptables, and what it asks. */
const CONDITIONS: readonly { readonly pattern: RegExp; readonly test: Test }[] = [
  { pattern: /\budp dport (\{[^}]*\}|\S+)/, test: port("udp", "udp.dport") },
  { pattern: /\budp sport (\{[^}]*\}|\S+)/, test: port("udp", "udp.sport") },
  { pattern: /\btcp dport (\{[^}]*\}|\S+)/, test: port("tcp", "tcp.dport") },
  { pattern: /\btcp sport (\{[^}]*\}|\S+)/, test: port("tcp", "tcp.sport") },
  { pattern: /\bth dport (\{[^}]*\}|\S+)/, test: either("udp.dport", "tcp.dport") },
  { pattern: /\bip6? saddr (\{[^}]*\}|\S+)/, test: same("ip.src") },
  { pattern: /\bip6? daddr (\{[^}]*\}|\S+)/, test: same("ip.dst") },
  { pattern: /\biif(?:name)? (\{[^}]*\}|"[^"]*"|\S+)/, test: same("iface") },
  { pattern: /\b(?:meta l4proto|ip protocol|ip6 nexthdr) (\{[^}]*\}|\S+)/, test: protocol },
  { pattern: /\bicmp type (\{[^}]*\}|\S+)/, test: implies("icmp") },
  { pattern: /\bicmpv6 type (\{[^}]*\}|\S+)/, test: implies("icmpv6") },
  { pattern: /\bct state (\{[^}]*\}|\S+)/, test: state },
  // iptables-save
  { pattern: / -p (\S+)/, test: protocol },
  { pattern: / -s (\S+)/, test: same("ip.src") },
  { pattern: / -d (\S+)/, test: same("ip.dst") },
  { pattern: / -i (\S+)/, test: same("iface") },
  { pattern: / --dports? (\S+)/, test: either("udp.dport", "tcp.dport") },
  { pattern: / --sports? (\S+)/, test: either("udp.sport", "tcp.sport") },
  { pattern: / --(?:ct)?state (\S+)/, test: state },
];

export function compare(rule: string, e: Evidence): Fit {
  let score = 0;
  for (const { pattern, test } of CONDITIONS) {
    const value = pattern.exec(rule)?.[1];
    if (value === undefined || value.startsWith("@") || value === "!=") continue;
    const found = test(e, value);
    if (found === false) return { fits: false, score: 0 };
    if (found) score++;
  }
  return { fits: true, score };
}

/** `{ 80, 443 }`, `80,443`, `"eth0"` */
const members = (value: string): readonly string[] =>
  value
    .replace(/[{}"]/g, "")
    .split(",")
    .map((member) => member.trim());

function matches(member: string, own: string): boolean {
  if (member === own) return true;
  const range = /^(\d+)[-:](\d+)$/.exec(member);
  if (range) return Number(own) >= Number(range[1]) && Number(own) <= Number(range[2]);
  return /[./:]/.test(member) && contains(member, own);
}
