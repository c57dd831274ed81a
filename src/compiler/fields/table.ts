import type { PresenceName, TPresent } from "../typed.ts";
import { arpFields } from "./arp.ts";
import { espFields } from "./esp.ts";
import { ethFields, vlanFields } from "./eth.ts";
import { dropFields, eventFields } from "./event.ts";
import type { Field } from "./field.ts";
import { greFields } from "./gre.ts";
import { icmp6Fields, icmpFields } from "./icmp.ts";
import { innerFields } from "./inner.ts";
import { ip4Fields, ip6Fields, ipFields } from "./ip.ts";
import { packetFields } from "./packet.ts";
import { sctpFields } from "./sctp.ts";
import { stateFields } from "./state.ts";
import { tcpFields } from "./tcp.ts";
import { tunnelFields } from "./tunnel.ts";
import { tupleFields } from "./tuple.ts";
import { udpFields } from "./udp.ts";

/** The table by chapter, in the order of the documentation. */
export const GROUPS: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  { title: "Event", fields: eventFields },
  { title: "Packet", fields: [...packetFields, ...tupleFields] },
  { title: "Ethernet and VLAN", fields: [...ethFields, ...vlanFields] },
  { title: "ARP", fields: arpFields },
  { title: "IP, both families", fields: ipFields },
  { title: "IPv4", fields: ip4Fields },
  { title: "IPv6", fields: ip6Fields },
  { title: "TCP", fields: tcpFields },
  { title: "UDP", fields: udpFields },
  { title: "ICMP", fields: icmpFields },
  { title: "ICMPv6", fields: icmp6Fields },
  { title: "SCTP", fields: sctpFields },
  { title: "ESP and GRE", fields: [...espFields, ...greFields] },
  { title: "Tunnels", fields: tunnelFields },
  { title: "Drop", fields: dropFields },
  { title: "Connection tracking, socket and route", fields: stateFields },
];

/** `inner.` before the fields of the headers; a chapter of its own, since it says nothing new. */
export const INNER_GROUP: (typeof GROUPS)[number] = {
  title: "Inside a tunnel",
  fields: innerFields(
    [
      ethFields,
      vlanFields,
      arpFields,
      ipFields,
      ip4Fields,
      ip6Fields,
      tcpFields,
      udpFields,
      icmpFields,
      icmp6Fields,
      sctpFields,
      espFields,
      greFields,
      tupleFields,
    ].flat(),
  ),
};

/** Every field of the language by its name. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(
  [...GROUPS, INNER_GROUP].flatMap(({ fields }) => fields.map((field) => [field.name, field] as const)),
);

/** The field of that name, or undefined; another spelling of one (`aliases`) is not a name. */
export const findField = (name: string): Field | undefined => FIELDS.get(name);

const ALIASES: ReadonlyMap<string, string> = new Map(
  [...FIELDS.values()].flatMap((field) => (field.aka ?? []).map((alias) => [alias, field.name] as const)),
);

/** Wireshark's, pcap's and pwru's spellings, each with the name of the field it means: for "did you mean". */
export const aliases = (): ReadonlyMap<string, string> => ALIASES;

/** Protocol names that are tests by themselves (`where tcp`), with what they ask. */
export const PRESENCE: ReadonlyMap<PresenceName, string> = new Map<PresenceName, string>([
  ["eth", "the packet has an Ethernet header"],
  ["vlan", "the packet has a VLAN tag, in the socket buffer or in the frame"],
  ["arp", "the packet is ARP for IPv4 over Ethernet"],
  ["ip", "the packet is IPv4 or IPv6, or will be by what its socket says"],
  ["ip4", "the packet is IPv4, or will be by what its socket says"],
  ["ip6", "the packet is IPv6, or will be by what its socket says"],
  ["tcp", "the packet has a TCP header, or will have by what its socket says"],
  ["udp", "the packet has a UDP header, or will have by what its socket says"],
  ["icmp", "the packet has an ICMP header"],
  ["icmp6", "the packet has an ICMPv6 header"],
  ["sctp", "the packet has an SCTP header, or will have by what its socket says"],
  ["esp", "the packet has an ESP header"],
  ["gre", "the packet has a GRE header"],
  ["drop", "this is the drop of the packet"],
]);

/** The test that a bare protocol name is, of the packet or, after `inner.`, of the one inside a tunnel. */
export function presenceNamed(name: string): Pick<TPresent, "layer" | "inner"> | undefined {
  const layer = name.replace(/^inner\./, "") as PresenceName;
  if (!PRESENCE.has(layer) || name === "inner.drop") return undefined;
  return { layer, ...(layer === name ? {} : { inner: true }) };
}
