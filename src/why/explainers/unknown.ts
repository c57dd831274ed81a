import type { Evidence } from "../drop.ts";
import type { Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { where } from "../words.ts";

/** Frames that say how it came to the drop; more would not be read. */
const FRAMES = 4;

/** Nothing is known of the reason or the place: what was there is said as it is. */
export function unknown(e: Evidence, later: Later): Finding {
  const way = e.stack.filter((frame) => frame !== e.drop.place).slice(0, FRAMES);
  const mark = e.number("mark");
  const parts = [
    `the kernel says no more${where(e, later)}`,
    ...(way.length > 0 ? [`called by ${way.join(", ")}`] : []),
    ...(mark ? [`mark 0x${mark.toString(16)}`] : []),
  ];
  return {
    what: parts.join("; "),
    check: "Trace the packet's way: pwq 'trace skb where … until drop show tuple, mark, stack if drop'.",
  };
}
