import type { Explainer } from "../explainer.ts";
import { caused, flow, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

/** IPsec and PSP. */
export const policies: readonly Explainer[] = [
  {
    reasons: ["XFRM_POLICY"],
    explain(e, later) {
      const list = later.run(netnsInode(e), ["ip", "xfrm", "policy", "list", "dir", "in"]);
      const first = list?.split("\n").slice(0, 4).join(" ").replace(/\s+/g, " ").trim();
      return {
        what: `an IPsec policy demands protection, or forbids ${flow(e)}, which came in clear${where(e, later)}`,
        ...(first && { now: [`policies: ${first}`] }),
        check:
          "`ip xfrm policy` and `ip xfrm state` on both ends; `nstat -az | grep Xfrm` counts what does not match.",
        ...caused`xfrm-policy:${netnsKey(e, later)}:in`,
      };
    },
  },
  plain(
    ["PSP_INPUT", "PSP_OUTPUT"],
    "PSP (encryption of TCP) is asked for and the packet does not fit",
    "Both ends of the connection must have set up their keys.",
  ),
];
