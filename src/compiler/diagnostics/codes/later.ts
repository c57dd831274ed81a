import type { Page } from "../codes.ts";

/** 15xx: parts of the language that this version does not have yet. */
export const later = {
  PWQ1512: {
    title: "the point `xdp` is not there yet",
    text: "A packet's journey that begins as a frame at an XDP program comes in a later version. `trace xdp` sees the frames themselves, with the verdict.",
    wrong: "trace skb at xdp",
    right: "trace xdp where tcp",
  },
} as const satisfies Record<string, Page>;
