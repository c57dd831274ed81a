import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

/** VLANs that a port takes, by `bridge vlan show`. */
function allowed(later: Later, netns: number | undefined, dev: string): readonly string[] | undefined {
  const text = later.run(netns, ["bridge", "vlan", "show", "dev", dev]);
  return text
    ?.split("\n")
    .slice(1)
    .flatMap((line) => /(\d+(?:-\d+)?)/.exec(line.replace(dev, ""))?.[1] ?? []);
}

/** Of a tag's control information (IEEE 802.1Q). */
const VLAN_ID = 0xfff;

function vlan(e: Evidence, later: Later): Finding {
  const [dev, tci] = [e.text("iface"), e.number("vlan.tci")];
  const id = tci === undefined ? undefined : tci & VLAN_ID;
  const vlans = dev === undefined ? undefined : allowed(later, netnsInode(e), dev);
  const tag = id === undefined ? "untagged frames" : `VLAN ${id}`;
  return {
    what: `the bridge does not take ${tag} on port ${dev ?? "?"}${where(e, later).replace(/^ on \S+/, "")}`,
    ...(vlans && { now: [vlans.length === 0 ? `${dev} takes no VLAN` : `${dev} takes ${vlans.join(", ")}`] }),
    check: `\`bridge vlan show dev ${dev ?? "PORT"}\`; \`bridge vlan add dev ${dev ?? "PORT"} vid ${id ?? "N"}\` lets it in.`,
    ...caused`bridge-vlan:${netnsKey(e, later)}:${dev}:${id ?? "untagged"}`,
  };
}

export const bridges: readonly Explainer[] = [
  { places: ["br_allowed_ingress", "__allowed_ingress", "br_should_learn"], explain: vlan },
  plain(
    ["BRIDGE_INGRESS_STP_STATE"],
    "the bridge's port is not forwarding (spanning tree)",
    "`bridge link show` shows the state: listening and learning take 30 s, blocking prevents a loop.",
  ),
  plain(
    ["NOT_SPECIFIED"],
    "the bridge did not pass the frame on",
    "`bridge link show` (state, isolated, hairpin) and `bridge fdb show`.",
    { places: ["br_handle_frame", "br_handle_frame_finish", "br_forward", "__br_forward", "br_flood"] },
  ),
  plain(
    ["NO_TX_TARGET"],
    "there was no port to send it to",
    "`bridge fdb show`: the MAC is unknown, and flooding is off or there is no other port.",
  ),
  plain(["LOCAL_MAC"], "its source MAC is the bridge's or device's own", "A loop, or a duplicate MAC."),
  plain(
    ["MAC_INVALID_SOURCE"],
    "its source MAC is zero or a group address",
    "The sender, or a device on the way, builds broken frames.",
  ),
  plain(
    ["MAC_IEEE_MAC_CONTROL"],
    "a link-local control frame (01:80:c2:00:00:0X) that is not passed on",
    "Spanning tree, LLDP and pause frames are for the next device only.",
    { ordinary: true },
  ),
  plain(
    ["MACVLAN_BROADCAST_BACKLOG", "IPVLAN_MULTICAST_BACKLOG"],
    "too many broadcasts waited for the macvlan or ipvlan devices",
    "`ip link set DEV type macvlan bcqueuelen N`, or fewer broadcasts.",
  ),
];
