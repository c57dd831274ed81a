import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { tunnels as devices, type TunnelDevice } from "../later/tunnels.ts";
import { address4, greKey, ip4Words, vxlan } from "../packet.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

const ends = (e: Evidence): string => `${e.text("ip.src") ?? "?"} > ${e.text("ip.dst") ?? "?"}`;

function told(found: readonly TunnelDevice[] | undefined): Pick<Finding, "now"> {
  if (!found) return {};
  const words = found.map(
    ({ name, id, key, local, remote }) =>
      `${name} has${id === undefined ? "" : ` VNI ${id}`}${key === undefined ? "" : ` key ${key}`}${local ? ` local ${local}` : ""}${remote ? ` remote ${remote}` : ""}`,
  );
  return { now: words.length === 0 ? ["there is no tunnel of that kind"] : words };
}

function gre(e: Evidence, later: Later): Finding {
  const key = greKey(e.bytes);
  const found = devices(later, netnsInode(e), "gre");
  const same = found?.find(({ remote }) => remote === e.text("ip.src")) ?? found?.[0];
  return {
    what: `no GRE tunnel takes ${ends(e)}${key === undefined ? " without a key" : ` with key ${key}`}${where(e, later)}; the sender gets ICMP port unreachable`,
    ...told(found),
    check: "`ip -d link show type gre`: local, remote and key must be those of the other end, turned round.",
    ...caused`gre-key:${netnsKey(e, later)}:${same ? `${same.name}=${same.key ?? "none"}` : (key ?? "none")}`,
  };
}

function ipip(e: Evidence, later: Later): Finding {
  const found = devices(later, netnsInode(e), "ipip");
  const inner = ip4Words(e.bytes);
  const [first] = found ?? [];
  return {
    what: `no IPIP tunnel takes ${ends(e)}${inner?.version === 4 ? `, which carries ${inner.source} > ${inner.destination}` : ""}${where(e, later)}; the sender gets ICMP port unreachable`,
    ...told(found),
    check: "`ip -d link show type ipip`: local and remote must be those of the other end, turned round.",
    ...caused`tunnel:${netnsKey(e, later)}:${first ? `${first.name}:remote=${first.remote ?? "any"}` : "ipip"}`,
  };
}

function unknownVni(e: Evidence, later: Later): Finding {
  // The kernel stands at the UDP header or, when it has pulled that, behind it.
  const found = vxlan(e.bytes);
  const vnis = devices(later, netnsInode(e), "vxlan");
  const vni = found.vxlan;
  return {
    what: `no VXLAN device here has ${vni === undefined ? "its VNI" : `VNI ${vni}`}${where(e, later)}, packet ${ends(e)}${found.inner ? ` that carries ${found.inner}` : ""}`,
    ...told(vnis),
    check: "`ip -d link show type vxlan`: both ends must have the same id (and the same remote or group).",
    ...caused`vxlan-vni:${netnsKey(e, later)}:${vnis?.map(({ id }) => id).join(",") || vni}`,
  };
}

function wireguard(e: Evidence, later: Later): Finding {
  const dev = e.text("iface");
  const text = later.run(netnsInode(e), ["wg", "show", dev ?? "all", "allowed-ips"]);
  const networks = text?.split("\n").flatMap((line) => line.split("\t").slice(1));
  return {
    what: `no peer of ${dev ?? "the WireGuard device"} has ${e.text("ip.dst") ?? "the destination"} among its allowed IPs${where(e, later).replace(/^ on \S+/, "")}: it was dropped before encryption`,
    ...(networks && {
      now: [networks.length === 0 ? "there is no peer" : `allowed: ${networks.join(", ")}`],
    }),
    check: `\`wg show ${dev ?? ""}\`: AllowedIPs are the routes inside; add the address, or mend the route that leads there.`,
    ...caused`wg-allowed-ips:${netnsKey(e, later)}:${dev}`,
  };
}

function refusedByPeer(e: Evidence, later: Later): Finding {
  const source = address4(e.bytes, 12);
  return {
    what: `a decrypted packet${source ? ` of ${source}` : ""} has a source that its peer may not use${where(e, later)}`,
    check: "`wg show`: the AllowedIPs of the peer must have it.",
    ...caused`wg-allowed-ips:${netnsKey(e, later)}:${e.text("iface")}`,
  };
}

export const tunnels: readonly Explainer[] = [
  { places: ["gre_rcv", "gre_err", "__ipgre_rcv", "ipgre_rcv"], explain: gre },
  {
    places: ["tunnel4_rcv", "tunnel64_rcv", "tunnelmpls4_rcv", "ipip_rcv", "ipip_tunnel_rcv"],
    explain: ipip,
  },
  { reasons: ["VXLAN_VNI_NOT_FOUND"], explain: unknownVni },
  { places: ["vxlan_rcv"], explain: unknownVni },
  plain(
    ["VXLAN_INVALID_HDR"],
    "its VXLAN header has flags that this device does not know",
    "Is it VXLAN-GPE or GBP? `ip -d link show type vxlan`.",
  ),
  plain(
    ["VXLAN_ENTRY_EXISTS"],
    "its source MAC belongs to another tunnel end, by a fixed entry",
    "`bridge fdb show dev VXLAN`.",
  ),
  plain(
    ["TUNNEL_TXINFO"],
    "a tunnel of the external kind had no address to send to",
    "A program or route must give it: `ip route … encap ip …`, or bpf_skb_set_tunnel_key.",
  ),
  plain(
    ["IP_TUNNEL_ECN"],
    "the outer header says congestion, and the inner one cannot be marked",
    "RFC 6040: somebody on the way sets ECN bits of packets that do not take part.",
  ),
  { places: ["wg_xmit"], explain: wireguard },
  { places: ["wg_packet_consume_data_done"], explain: refusedByPeer },
];
