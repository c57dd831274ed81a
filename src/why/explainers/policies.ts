import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { caused, flow, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

/** Lines of `ip xfrm policy` that are one policy. */
const LINES = 4;

function inClear(e: Evidence, later: Later): Finding {
  const list = later.run(netnsInode(e), ["ip", "xfrm", "policy", "list", "dir", "in"]);
  const first = list?.split("\n").slice(0, LINES).join(" ").replace(/\s+/g, " ").trim();
  return {
    what: `an IPsec policy demands protection, or forbids ${flow(e)}, which came in clear${where(e, later)}`,
    ...(first && { now: [`policies: ${first}`] }),
    check:
      "`ip xfrm policy` and `ip xfrm state` on both ends; `nstat -az | grep Xfrm` counts what does not match.",
    ...caused`xfrm-policy:${netnsKey(e, later)}:in`,
  };
}

/** IPsec and PSP. */
export const policies: readonly Explainer[] = [
  { reasons: ["XFRM_POLICY"], explain: inClear },
  // Without a socket the policy is asked all the same, and its answer has no reason of its own there.
  { reasons: ["NOT_SPECIFIED"], places: ["__udp4_lib_rcv", "__udp6_lib_rcv", "udp_rcv"], explain: inClear },
  plain(
    ["PSP_INPUT", "PSP_OUTPUT"],
    "PSP (encryption of TCP) is asked for and the packet does not fit",
    "Both ends of the connection must have set up their keys.",
  ),
];
