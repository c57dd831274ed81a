import { type Drop, Evidence, type Fact, withoutCopy } from "./drop.ts";
import type { EvidenceName } from "./evidence.ts";
import type { Explainer, Finding } from "./explainer.ts";
import { EXPLAINERS } from "./explainers/table.ts";
import { unknown } from "./explainers/unknown.ts";
import type { Later } from "./later/later.ts";

/** Why a packet was dropped. */
export interface Explanation extends Finding {
  readonly reason: string;
  readonly place: string;
  /** The sentence: what, what was read later, what to check. */
  readonly text: string;
  /** The same without place and reason. */
  readonly words: string;
  readonly ordinary: boolean;
  /** What the explainer looked at and was there. */
  readonly evidence: ReadonlyMap<EvidenceName, Fact>;
}

const byReason = indexed(({ reasons }) => reasons);
const byPlace = indexed(({ reasons, places }) => (reasons ? [] : places));

function indexed(
  keys: (explainer: Explainer) => readonly string[] | undefined,
): ReadonlyMap<string, readonly Explainer[]> {
  const index = new Map<string, Explainer[]>();
  for (const explainer of EXPLAINERS) {
    for (const key of keys(explainer) ?? []) {
      const list = index.get(key);
      if (list) list.push(explainer);
      else index.set(key, [explainer]);
    }
  }
  return index;
}

/**
 * The first entry of the table that knows the drop: by its reason, and where that says nothing by its place. Pure but
 * for what `later` reads.
 */
export function explain(drop: Drop, later: Later): Explanation {
  const evidence = new Evidence(drop);
  const explainer = find(evidence);
  const finding = (explainer?.explain ?? unknown)(evidence, later);
  const words = sentence(finding);
  return {
    ...finding,
    reason: drop.reason,
    place: drop.place,
    text: `dropped in ${drop.place}: ${drop.reason} — ${words}`,
    words,
    ordinary: explainer?.ordinary ?? false,
    evidence: evidence.used,
  };
}

function find(evidence: Evidence): Explainer | undefined {
  const { reason } = evidence.drop;
  const place = withoutCopy(evidence.drop.place);
  const fits = ({ places, when }: Explainer): boolean =>
    (!places || places.includes(place)) && (!when || when(evidence));
  const found = byReason.get(reason)?.find(fits) ?? byPlace.get(place)?.find(fits);
  // What was only looked at to choose is no evidence of what was chosen.
  evidence.used.clear();
  return found;
}

function sentence({ what, now = [], check }: Finding): string {
  const later = now.length > 0 ? ` (read later: ${now.join("; ")})` : "";
  return `${what}${later}.${check === undefined ? "" : ` ${check}`}`;
}
