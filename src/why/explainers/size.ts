import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { tunnelDevice } from "../later/tunnels.ts";
import { outer } from "../packet.ts";
import { caused, flow, netnsInode, netnsKey, where } from "../words.ts";

const ICMP_IS_TOLD =
  "The sender is told by ICMP (IPv4 type 3 code 4, IPv6 type 2): is that filtered on the way? Then let it pass, or clamp the MSS.";

function tooBig(e: Evidence, later: Later): Finding {
  const six = e.text("ip.dst")?.includes(":");
  const dev = e.text("dst.dev") ?? e.text("iface");
  const mtu = e.number("rt.mtu") ?? e.number("dst.dev.mtu") ?? e.number("dev.mtu");
  const len = e.number("len");
  const never = six ? "routers do not fragment IPv6" : "it has DF";
  return {
    what: `${flow(e)} has ${len ?? "?"} bytes, the way out by ${dev ?? "?"} has MTU ${mtu ?? "?"} and ${never}${where(e, later)}`,
    check: ICMP_IS_TOLD,
    ...caused`mtu:${netnsKey(e, later)}:${dev}=${mtu}`,
  };
}

/** A tunnel's packet that the underlay cannot carry: what is too large is the tunnel's own MTU. */
function tunnelTooBig(e: Evidence, later: Later): Finding {
  const { vxlan, inner } = outer(e.bytes);
  const [len, mtu] = [e.number("len"), e.number("dst.dev.mtu") ?? e.number("dev.mtu")];
  const under = e.text("dst.dev") ?? e.text("iface");
  const tunnel =
    vxlan === undefined ? undefined : tunnelDevice(later, netnsInode(e), { kind: "vxlan", id: vxlan });
  const carried = inner === undefined ? "" : ` that carries ${inner}`;
  if (vxlan === undefined) return tooBig(e, later);
  return {
    what: `the VXLAN packet (VNI ${vxlan})${carried} has ${len ?? "?"} bytes with DF, and the underlay ${under} has MTU ${mtu ?? "?"}${where(e, later)}`,
    ...(tunnel?.mtu !== undefined && { now: [`${tunnel.name} has MTU ${tunnel.mtu}`] }),
    check: `Set the tunnel's MTU to ${mtu === undefined ? "that of the underlay less 50" : mtu - 50}: \`ip link set ${tunnel?.name ?? "DEV"} mtu ${mtu === undefined ? "N" : mtu - 50}\`.`,
    ...(tunnel?.mtu === undefined
      ? caused`mtu:${netnsKey(e, later)}:${under}=${mtu}`
      : caused`mtu:${netnsKey(e, later)}:${tunnel.name}=${tunnel.mtu}`),
  };
}

export const size: readonly Explainer[] = [
  { reasons: ["PKT_TOO_BIG"], explain: tooBig },
  { places: ["ip_fragment", "ip_do_fragment", "ip6_fragment", "ip_finish_output"], explain: tunnelTooBig },
  {
    reasons: ["SKB_GSO_SEG", "SKB_BAD_GSO"],
    explain: (e, later) => ({
      what: `a large packet of ${e.number("len") ?? "?"} bytes could not be split into segments${where(e, later)}`,
      check: "`ethtool -k DEV` shows which offloads are on; try `ethtool -K DEV tso off gso off`.",
    }),
  },
];
