import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { downHolder, routeIn, routeOfType } from "../later/routes.ts";
import { caused, destined, flow, netnsInode, netnsKey, where } from "../words.ts";

/** `dst.error` of routes that refuse; include/uapi/asm-generic/errno.h. */
const REFUSALS: Readonly<Record<number, { readonly type: string; readonly told: string }>> = {
  22: { type: "blackhole", told: "silently" },
  113: { type: "unreachable", told: "with ICMP host unreachable" },
  13: { type: "prohibit", told: "with ICMP communication prohibited" },
};

function refused(e: Evidence, later: Later): Finding {
  const error = Math.abs(e.number("dst.error") ?? 0);
  const refusal = REFUSALS[error];
  if (!refusal) return noRoute(e, later);
  const to = e.text("ip.dst");
  const route = to === undefined ? undefined : routeOfType(later, netnsInode(e), refusal.type, to);
  return {
    what: `a route of type ${refusal.type} refuses what goes${destined(e)}${where(e, later)}, ${refusal.told}`,
    ...(route && { now: [`the route: ${route.line}`] }),
    check:
      "It is dropped on purpose: `ip route show type blackhole`, `unreachable` and `prohibit` list such routes.",
    ...caused`route:${netnsKey(e, later)}:${route?.prefix ?? to}:${refusal.type}`,
  };
}

function noRoute(e: Evidence, later: Later): Finding {
  const [to, mark] = [e.text("ip.dst"), e.number("mark")];
  const netns = netnsInode(e);
  const down = to === undefined ? undefined : downHolder(later, netns, to);
  const route = to === undefined ? undefined : routeIn(later, netns, to);
  const rules = mark ? `, mark 0x${mark.toString(16)}` : "";
  if (down) {
    return {
      what: `no route${destined(e)}${where(e, later)}${rules}`,
      now: [`${down.dev}, which holds ${down.prefix}, is down`],
      check: `\`ip link set ${down.dev} up\` brings its routes back.`,
      ...caused`link:${netnsKey(e, later)}:${down.dev}:down`,
    };
  }
  return {
    what: `no route${destined(e)}${where(e, later)}${rules}, not even a default`,
    ...(route && { now: [`there is one now: ${route.line}`] }),
    check: `\`ip route get ${to ?? "ADDRESS"}\`; or it should never have come here: \`pwq run @path\` shows which router sent it.`,
    ...caused`route:${netnsKey(e, later)}:${to}`,
  };
}

function notForwarding(e: Evidence, later: Later): Finding {
  const [forwarding, dev] = [e.number("conf.forwarding") ?? e.number("conf6.forwarding"), e.text("iface")];
  const family = e.text("ip.dst")?.includes(":") ? "ipv6" : "ipv4";
  if (forwarding !== 0) return noRoute(e, later);
  return {
    what: `it is for somebody else, ${e.text("ip.dst") ?? "another address"}, and forwarding=0${where(e, later)}`,
    check: `A router needs \`sysctl net.${family}.conf.${dev ?? "DEV"}.forwarding=1\` (or ${
      family === "ipv4" ? "net.ipv4.ip_forward=1" : "net.ipv6.conf.all.forwarding=1"
    }); a host should not get such packets.`,
    ...caused`sysctl:${netnsKey(e, later)}:net.${family}.conf.${dev}.forwarding=0`,
  };
}

function hopsUsedUp(e: Evidence, later: Later): Finding {
  const [ttl, six] = [e.number("ip.ttl"), e.text("ip.dst")?.includes(":")];
  const name = six ? "hop limit" : "TTL";
  return {
    what: `${flow(e)} came with ${name} ${ttl ?? "1 or less"} and was to be forwarded${where(e, later)}: time exceeded`,
    check: `A routing loop (did the same packet pass before? \`pwq run @path\`), or a sender that starts low, as traceroute does.`,
    ...caused`${six ? "hoplimit" : "ttl"}:${ttl ?? 1}`,
  };
}

export const forwarding: readonly Explainer[] = [
  { reasons: ["IP_INADDRERRORS"], explain: notForwarding },
  {
    reasons: ["IP_INNOROUTES", "IP_OUTNOROUTES"],
    // IPv6 forwards by the setting of all devices; without it what is not for us has no route either.
    explain: (e, later) =>
      e.number("conf.forwarding") === 0 && !e.text("ip.dst")?.includes(":")
        ? notForwarding(e, later)
        : noRoute(e, later),
  },
  {
    places: [
      "ip_error",
      "ip6_pkt_drop",
      "ip6_pkt_discard",
      "ip6_pkt_prohibit",
      "dst_discard",
      "dst_discard_out",
    ],
    explain: refused,
  },
  { reasons: ["IP_INHDR"], places: ["ip_forward", "ip6_forward"], explain: hopsUsedUp },
];
