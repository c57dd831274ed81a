import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { routeTo } from "../later/routes.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";

const isLoopback = (address: string | undefined): boolean => address?.startsWith("127.") === true;
const isMulticast = (address: string | undefined): boolean => {
  const first = Number(address?.split(".", 1)[0]);
  return first >= 224 && first < 240;
};

/** Addresses that cannot be right on the device they came by; see ip_route_input_slow, ip_mc_validate_source. */
function martian(e: Evidence, later: Later): Finding {
  const [source, to, dev] = [e.text("ip.src"), e.text("ip.dst"), e.text("iface")];
  if (isLoopback(source) || isLoopback(to)) {
    const [end, address] = isLoopback(source) ? ["source", source] : ["destination", to];
    const localnet = e.number("conf.route_localnet");
    return {
      what: `a martian: the ${end} ${address} is a loopback address and came in from outside${where(e, later)}${
        localnet === undefined ? "" : `, route_localnet=${localnet}`
      }`,
      check: "Who leaks or forges it? Look at the sender's MAC: pwq 'trace drop show eth.src, tuple'.",
      ...caused`packet:${end === "source" ? "src" : "dst"}=${address}`,
    };
  }
  if (isMulticast(to)) {
    const groups = later.run(netnsInode(e), ["ip", "maddr", "show", ...(dev ? ["dev", dev] : [])]);
    const joined = groups?.split("\n").some((line) => line.trim().split(/\s+/)[1] === to);
    return {
      what: `nobody here has joined the multicast group ${to}${where(e, later)}`,
      ...(joined !== undefined && {
        now: [joined ? `the group is joined now on ${dev}` : `${to} is not among the groups of ${dev}`],
      }),
      check: `A socket must ask for it on this interface (IP_ADD_MEMBERSHIP); \`ip maddr show dev ${dev ?? "DEV"}\` lists the groups.`,
      ...caused`maddr:${netnsKey(e, later)}:${dev}:${to}`,
    };
  }
  const route = source === undefined ? undefined : routeTo(later, netnsInode(e), source);
  const own = route?.type === "local";
  return {
    what: `a martian${where(e, later)}: the source ${source ?? "?"} cannot come from there${
      own ? ", it is an address of this machine itself" : ""
    }`,
    ...(route && {
      now: [own ? `${source} is a local address of this namespace` : `the route to it: ${route.line}`],
    }),
    check: own
      ? `Duplicate address or spoofing: find who else uses ${source} (\`arping -D\`); accept_local=${e.number("conf.accept_local") ?? "?"}.`
      : "The source is not a unicast address that may be answered; look at the sender.",
    ...(own ? caused`addr:${netnsKey(e, later)}:${source}` : caused`packet:src=${source}`),
  };
}

export const martians: readonly Explainer[] = [
  { reasons: ["IP_LOCAL_SOURCE", "IP_LOCALNET", "IP_INVALID_SOURCE", "IP_INVALID_DEST"], explain: martian },
  // Until refined reasons came (6.15) the place is all there is.
  {
    places: ["ip_rcv_finish_core", "ip_route_input_slow", "ip_mc_validate_source"],
    explain: martian,
  },
];
