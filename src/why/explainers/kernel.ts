import type { Explainer } from "../explainer.ts";
import { where } from "../words.ts";
import { plain } from "./plain.ts";

/** What has to do with memory and with subsystems that have reasons of their own. */
export const kernel: readonly Explainer[] = [
  {
    reasons: ["NOT_SPECIFIED"],
    places: ["icmpv6_rcv", "igmp_rcv"],
    ordinary: true,
    explain: (e, later) => ({
      what: `a message of ICMPv6 or IGMP that has been dealt with${where(e, later)}: older kernels free it as if it were dropped`,
      check: "Nothing is wrong.",
    }),
  },
  {
    places: ["inet_rtm_getroute", "inet6_rtm_getroute"],
    ordinary: true,
    explain: (e, later) => ({
      what: `no packet: what \`ip route get\` asked the kernel with${where(e, later)}`,
      check: "Nothing is wrong.",
    }),
  },
  plain(["NOMEM"], "there was no memory", "`dmesg`, `free`, the memory limit of the cgroup."),
  plain(
    ["PFMEMALLOC"],
    "memory is so short that only packets which help to free some are taken",
    "`dmesg`, `free`; vm.min_free_kbytes.",
  ),
  plain(
    ["CAN_RX_INVALID_FRAME", "CANFD_RX_INVALID_FRAME", "CANXL_RX_INVALID_FRAME"],
    "a CAN frame of the wrong length or on the wrong device",
    "The sender or the driver builds broken frames.",
  ),
  {
    reasons: [
      "OVS_DROP_LAST_ACTION",
      "OVS_DROP_ACTION_ERROR",
      "OVS_DROP_EXPLICIT",
      "OVS_DROP_EXPLICIT_WITH_ERROR",
      "OVS_DROP_METER",
      "OVS_DROP_RECURSION_LIMIT",
      "OVS_DROP_DEFERRED_LIMIT",
      "OVS_DROP_FRAG_L2_TOO_LONG",
      "OVS_DROP_FRAG_INVALID_PROTO",
      "OVS_DROP_CONNTRACK",
      "OVS_DROP_IP_TTL",
    ],
    explain: (e, later) => ({
      what: `Open vSwitch dropped it${where(e, later)}`,
      check: "`ovs-dpctl dump-flows` and `ovs-appctl ofproto/trace` show the flow that it met.",
    }),
  },
  {
    reasons: [
      "RX_DROP_U_REPLAY",
      "RX_DROP_U_MIC_FAIL",
      "RX_DROP_U_DUP",
      "RX_DROP_U_UNAUTH_PORT",
      "RX_DROP_U_SPURIOUS",
      "RX_DROP_U_DECRYPT_FAIL",
      "RX_DROP_U_NO_KEY_ID",
      "RX_DROP_U_OUT_OF_SEQ",
      "RX_DROP_U_UNEXPECTED_VLAN_4ADDR",
      "RX_DROP_U_UNEXPECTED_4ADDR_FRAME",
    ],
    explain: (e, later) => ({
      what: `Wi-Fi (mac80211) refused the frame${where(e, later)}`,
      check: "`iw dev DEV station dump`; keys, retries and duplicates of the radio.",
    }),
  },
];
