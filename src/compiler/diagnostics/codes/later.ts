import type { Page } from "../codes.ts";

/** 15xx: parts of the language that this version does not have yet. */
export const later = {
  PWQ1501: {
    title: "aggregates are not there yet",
    text: "`show count() by func` and the other aggregates (`count sum avg hist lhist p50 p90 p99 uniq`) come in a later version. Until then `--json` prints every event on a line of its own, to be counted by other tools.",
    wrong: "trace drop show count()",
    right: "trace drop show drop.reason",
  },
  PWQ1502: {
    title: "`by` is not there yet",
    text: "`by` groups an aggregate, and aggregates come in a later version.",
    wrong: "trace drop show drop.reason by func",
    right: "trace drop show drop.reason, func",
  },
  PWQ1503: {
    title: "`every` is not there yet",
    text: "`every` prints an aggregate again and again, and aggregates come in a later version.",
    wrong: "trace drop show drop.reason every 1s",
    right: "trace drop show drop.reason",
  },
  PWQ1504: {
    title: "`top` is not there yet",
    text: "`top` cuts an aggregate to its largest rows, and aggregates come in a later version.",
    wrong: "trace drop show drop.reason top 10",
    right: "trace drop show drop.reason",
  },
  PWQ1512: {
    title: "the point `xdp` is not there yet",
    text: "Looking inside loaded XDP programs comes in a later version.",
    wrong: "trace skb at xdp",
    right: "trace skb at path",
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
