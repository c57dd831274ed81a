import type { Page } from "../codes.ts";

/** 15xx: parts of the language that this version does not have yet. */
export const later = {
  PWQ1512: {
    title: "the point `xdp` is not there yet",
    text: "A packet's journey that begins as a frame at an XDP program comes in a later version. `trace xdp` sees the frames themselves, with the verdict.",
    wrong: "trace skb at xdp",
    right: "trace xdp where tcp",
  },
  PWQ1513: {
    title: "the point `calls` is not there yet",
    text: "Functions that have no skb argument but run on behalf of a followed packet come in a later version.",
    wrong: "trace skb at calls",
    right: "trace skb at all",
  },
  PWQ1516: {
    title: "`why` is not there yet",
    text: "The explanation of a drop comes in a later version. The kernel's own reason and the place are there.",
    wrong: "trace drop show why",
    right: "trace drop show drop.reason, drop.location",
  },
} as const satisfies Record<string, Page>;
