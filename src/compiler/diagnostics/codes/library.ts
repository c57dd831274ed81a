import type { Page } from "../codes.ts";

/** 26xx: the library, and packages of queries. */
export const library = {
  PWQ2601: {
    title: "no query has this tag",
    text: "`pwq list TAG` shows the canned queries that say `@tags TAG`. `pwq list` alone shows all of them, with their tags.",
    wrong: "pwq list firewal",
    right: "pwq list firewall",
  },
} as const satisfies Record<string, Page>;
