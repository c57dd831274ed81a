import type { FollowClause } from "../../../grammar/ast.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { FollowKind } from "../typed.ts";
import { type Context, placeOf } from "./expression/context.ts";

export const FOLLOW_KINDS: readonly FollowKind[] = [
  "clone",
  "copy",
  "nat",
  "segment",
  "netns",
  "veth",
  "xdp",
];

/** What `follow` lists; nothing for `follow none`. */
export function checkFollow({ what }: FollowClause, ctx: Context): ReadonlySet<FollowKind> {
  const { report } = ctx.world;
  const kinds = new Set<FollowKind>();
  for (const word of what) {
    const kind = FOLLOW_KINDS.find((known) => known === word.text);
    if (kind) kinds.add(kind);
    else if (word.text !== "none") {
      report.error("PWQ1203", placeOf(ctx, word), `\`${word.text}\` cannot be followed`, {
        label:
          didYouMean(word.text, [...FOLLOW_KINDS, "none"]) ??
          `there are ${FOLLOW_KINDS.map((kind) => `\`${kind}\``).join(", ")} and \`none\``,
      });
    } else if (what.length > 1) {
      report.error("PWQ1209", placeOf(ctx, word), "`none` stands alone", {
        label: "leave it out, or the others",
      });
    }
  }
  return kinds;
}
