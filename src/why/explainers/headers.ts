import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { ip4Words } from "../packet.ts";
import { caused, flow, where } from "../words.ts";
import { plain } from "./plain.ts";

const SPOILT = "Something on the way, or the sender's offload (`ethtool -k DEV | grep checksum`), spoils it.";

const checksum = (reasons: readonly string[], what: string, cause: string): Explainer => ({
  reasons,
  explain: (e, later) => ({
    what: `the ${what} of ${flow(e)} is wrong${where(e, later)}`,
    check: SPOILT,
    cause,
  }),
});

const LEAST_IHL = 5;

/** ip_rcv_core's tests, in its order. */
function brokenHeader(e: Evidence, later: Later): Finding {
  const ip = ip4Words(e.bytes);
  const len = e.number("len");
  const six = e.text("protocol") === "IP6";
  const from = ip && !six ? ` from ${ip.source}` : "";
  const check =
    "The sender, or a device on the way, builds broken packets; its MAC: pwq 'trace drop show eth.src'.";
  if (ip && !six && (ip.version !== 4 || ip.ihl < LEAST_IHL)) {
    return {
      what: `a broken IPv4 header${from}${where(e, later)}: version ${ip.version}, header length ${ip.ihl * 4} bytes instead of at least 20`,
      check,
      ...(ip.version !== 4 ? caused`packet:version=${ip.version}` : caused`packet:ihl=${ip.ihl}`),
    };
  }
  if (ip && !six && len !== undefined && ip.totalLength > len) {
    return {
      what: `the IPv4 header${from} says ${ip.totalLength} bytes, and ${len} came${where(e, later)}`,
      check,
      cause: "packet:totlen>frame",
    };
  }
  return { what: `a header is broken or cut short${from}${where(e, later)}`, check, cause: "packet:header" };
}

const ndisc = (reason: string, what: string): Explainer =>
  plain(
    [reason],
    `a neighbour discovery message ${what}`,
    "Only neighbours on the same link may send such; look at its MAC.",
  );

export const headers: readonly Explainer[] = [
  checksum(["TCP_CSUM", "UDP_CSUM", "ICMP_CSUM", "SKB_CSUM"], "checksum", "packet:l4csum"),
  checksum(["IP_CSUM"], "checksum of the IPv4 header", "packet:ipcsum"),
  { reasons: ["IP_INHDR", "PKT_TOO_SMALL", "HDR_TRUNC"], explain: brokenHeader },
  {
    reasons: ["IP_NOPROTO"],
    explain(e, later) {
      const proto = ip4Words(e.bytes)?.proto;
      const own = e.text("ip.proto") ?? (proto === undefined ? "?" : String(proto));
      return {
        what: `nothing here handles IP protocol ${own}${where(e, later)}`,
        check: "A module that is not loaded (`modprobe`), or a packet that should not have come here.",
        ...caused`packet:proto=${own}`,
      };
    },
  },
  {
    reasons: ["UNHANDLED_PROTO"],
    explain(e, later) {
      const protocol = e.text("protocol") ?? "?";
      const type = /^\d+$/.test(protocol) ? `0x${Number(protocol).toString(16).padStart(4, "0")}` : protocol;
      return {
        what: `nothing here handles ethertype ${type}${where(e, later)}`,
        check:
          "A protocol that is not set up on this machine (its module, or a VLAN or bridge that should take it).",
        ...caused`packet:ethertype=${type}`,
      };
    },
  },
  plain(
    ["OTHERHOST"],
    "its MAC address is not this machine's",
    "A promiscuous device shows such packets, or a switch floods them.",
    { ordinary: true },
  ),
  plain(
    ["UNICAST_IN_L2_MULTICAST"],
    "a unicast address in a frame sent to all (drop_unicast_in_l2_multicast)",
    "The sender has no entry for the MAC, or attacks; RFC 1122, section 3.3.6.",
  ),
  plain(
    ["INVALID_PROTO"],
    "its protocol is not valid there",
    "Look at the packet: pwq 'trace drop show dump(skb)'.",
  ),
  plain(["IPV6DISABLED"], "IPv6 is switched off on the device", "`sysctl net.ipv6.conf.DEV.disable_ipv6`."),
  plain(
    ["IPV6_BAD_EXTHDR", "IPV6_TOO_MANY_EXTHDRS"],
    "its extension headers are wrong or too many",
    "Few senders use them on purpose: an attack or a bug.",
  ),
  ndisc("IPV6_NDISC_BAD_CODE", "with an invalid code"),
  ndisc("IPV6_NDISC_BAD_OPTIONS", "with broken options"),
  ndisc("IPV6_NDISC_FRAG", "in fragments (suppress_frag_ndisc)"),
  ndisc("IPV6_NDISC_HOP_LIMIT", "with a hop limit other than 255: it came through a router"),
  ndisc("IPV6_NDISC_NS_OTHERHOST", "for somebody else"),
  plain(["DUP_FRAG"], "the fragment was here already", "A duplicate on the way."),
  plain(
    ["FRAG_TOO_FAR"],
    "too many other fragments of that sender came in between",
    "`sysctl net.ipv4.ipfrag_max_dist`; packets are lost or reordered.",
  ),
];
