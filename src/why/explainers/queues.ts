import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import { linkOf, qdiscOf } from "../later/devices.ts";
import type { Later } from "../later/later.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

/** __LINK_STATE_NOCARRIER of enum netdev_state_t. */
const NO_CARRIER = 1n << 2n;

function refused(e: Evidence, later: Later): Finding {
  const dev = e.text("iface") ?? e.text("dst.dev");
  const kind = e.text("dev.qdisc") ?? e.text("dst.qdisc");
  const state = e.get("dev.state") ?? e.get("dst.dev.state");
  const netns = netnsInode(e);
  const off =
    typeof state === "number" || typeof state === "bigint" ? (BigInt(state) & NO_CARRIER) !== 0n : false;
  if (off || kind === "noop") {
    const link = dev === undefined ? undefined : linkOf(later, netns, dev);
    return {
      what: `${dev ?? "the device"} has ${off ? "no carrier" : "no queue"}${kind ? ` and the ${kind} qdisc, which drops all` : ""}${where(e, later).replace(/^ on \S+/, "")}`,
      ...(link && { now: [`${dev}: ${link.flags.join(",")}`] }),
      check: `The other end is down or unplugged. The route is still used unless net.ipv4.conf.${dev ?? "DEV"}.ignore_routes_with_linkdown=1.`,
      ...caused`carrier:${netnsKey(e, later)}:${dev}`,
    };
  }
  const queue = dev === undefined ? undefined : qdiscOf(later, netns, dev);
  const name = kind ?? /^qdisc (\S+)/.exec(queue ?? "")?.[1];
  return {
    what: `the queue (qdisc ${name ?? "?"}) of ${dev ?? "the device"} refused it${where(e, later).replace(/^ on \S+/, "")}: it is full, or shapes`,
    ...(queue !== undefined && { now: [queue] }),
    check: `\`tc -s qdisc show dev ${dev ?? "DEV"}\`: more comes than may leave; look at rate and limit.`,
    ...caused`qdisc:${netnsKey(e, later)}:${dev}:${name}`,
  };
}

/** Queues between the stack and devices, on both sides. */
export const queues: readonly Explainer[] = [
  {
    reasons: ["QDISC_DROP", "QDISC_BURST_DROP"],
    explain: refused,
  },
  {
    // enum qdisc_drop_reason, since 7.1
    reasons: [
      "QDISC_DROP_GENERIC",
      "QDISC_DROP_OVERLIMIT",
      "QDISC_DROP_CONGESTED",
      "QDISC_DROP_MAXFLOWS",
      "QDISC_DROP_FLOOD_PROTECTION",
      "QDISC_DROP_BAND_LIMIT",
      "QDISC_DROP_HORIZON_LIMIT",
      "QDISC_DROP_FLOW_LIMIT",
      "QDISC_DROP_L4S_STEP_NON_ECN",
    ],
    explain: refused,
  },
  { places: ["noop_enqueue", "pfifo_tail_enqueue"], explain: refused },
  {
    reasons: ["FULL_RING"],
    explain(e, later) {
      const [dev, length] = [e.text("iface"), e.number("dev.tx_queue_len")];
      return {
        what: `the ring of ${dev ?? "the device"}${length === undefined ? "" : `, ${length} packets,`} is full${where(e, later).replace(/^ on \S+/, "")}: the process behind it (VM, VPN daemon) does not read`,
        check: `Is it stuck? Who holds it: \`grep -l iff:.*${dev ?? "DEV"} /proc/*/fdinfo/*\`; \`ip link set ${dev ?? "DEV"} txqueuelen N\` takes bursts.`,
        ...caused`tun:${netnsKey(e, later)}:${dev}:txqueuelen=${length}`,
      };
    },
  },
  {
    places: ["tun_queue_purge", "tun_detach_all", "ptr_ring_cleanup"],
    ordinary: true,
    explain: (e, later) => ({
      what: `what waited in the ring was thrown away when its reader closed it${where(e, later)}`,
      check: "Nothing is wrong if the process meant to end.",
    }),
  },
  plain(
    ["TAP_FILTER", "TAP_TXFILTER"],
    "the filter that the process behind the tap device has set refused it",
    "It asks for few addresses (TUNSETTXFILTER) or has a program (TUNATTACHFILTER).",
  ),
  plain(
    ["CPU_BACKLOG"],
    "the backlog of the CPU that was to take it is full",
    "`cat /proc/net/softnet_stat` (second column); raise net.core.netdev_max_backlog, or spread the load (RPS).",
  ),
  plain(["DEV_READY"], "the device is not ready", "It is down or being set up: `ip link`."),
  plain(
    ["DEV_HDR"],
    "the device's header could not be read or made",
    "The driver refused the packet's shape: look at the device's MTU and offloads.",
  ),
  plain(
    ["RECURSION_LIMIT"],
    "devices send through each other in a circle",
    "A tunnel whose route leads into itself: `ip route get` the tunnel's remote address.",
  ),
];
