import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

function silent(e: Evidence, later: Later): Finding {
  const dev = e.text("dst.dev") ?? e.text("iface");
  const hop = e.text("rt.gateway") ?? e.text("ip.dst");
  const asks = hop?.includes(":") ? "neighbour solicitations (IPv6)" : "ARP requests";
  const entry =
    hop === undefined
      ? undefined
      : later
          .run(netnsInode(e), ["ip", "neigh", "show", hop, ...(dev ? ["dev", dev] : [])])
          ?.trim()
          .split("\n", 1)[0];
  return {
    what: `${hop ?? "the next hop"} did not answer ${asks} on ${dev ?? "?"}, and the packets that waited for it were dropped${where(e, later)}`,
    ...(entry !== undefined && { now: [entry === "" ? "there is no entry for it" : `its entry: ${entry}`] }),
    check: `Is ${hop ?? "it"} up, and in the same network or VLAN? \`ip neigh show ${hop ?? ""}\`, or watch: pwq 'trace skb at path where arp show tuple, arp.op'.`,
    ...caused`neigh:${netnsKey(e, later)}:${dev}:${hop}`,
  };
}

export const neighbour: readonly Explainer[] = [
  { reasons: ["NEIGH_FAILED", "NEIGH_QUEUEFULL"], explain: silent },
  {
    places: ["neigh_invalidate", "arp_error_report", "ndisc_error_report", "__neigh_event_send"],
    explain: silent,
  },
  plain(
    ["NEIGH_CREATEFAIL"],
    "no entry for the next hop could be made: the table of neighbours is full",
    "Raise net.ipv4.neigh.default.gc_thresh3 (`ip -s neigh`, `dmesg | grep neighbour`).",
  ),
  plain(
    ["NEIGH_DEAD"],
    "the entry of the next hop was being removed",
    "It comes with links that go down; `ip monitor neigh link`.",
  ),
  plain(
    ["NEIGH_HH_FILLFAIL"],
    "the link-layer header could not be made",
    "There was no room in front of the packet: a bug of the device's driver.",
  ),
  plain(
    ["ARP_PVLAN_DISABLE"],
    "an ARP request that only proxy_arp_pvlan would answer, which is off",
    "`sysctl net.ipv4.conf.DEV.proxy_arp_pvlan`.",
  ),
];
