import type { LastRun } from "./last-run.ts";
import { fieldNames, helperNames, journeyNames } from "./names.ts";

/** What a line of TypeScript can name: what earlier ones declared, and the events of the last trace. */
export interface Nameable {
  readonly declared: Iterable<string>;
  readonly last: Pick<LastRun, "queries"> | undefined;
}

/** What lists are asked for most. */
const OF_LISTS =
  "at entries every filter find findLast flatMap forEach join length map reduce slice some sort".split(" ");

/** `a.b.` before what is typed, and that. */
const PATH = /((?:[\w$]+(?:\[\d*\]|\([^()]*\))?\??\.)*)([\w$]*)$/;

/**
 * Names that may stand at the end of a text. What a variable holds is not known, so behind a dot come the names of events,
 * packets and their groups; behind `events` and `packets` themselves the methods of lists.
 */
export function typescriptNames(
  text: string,
  { declared, last }: Nameable,
): readonly [names: readonly string[], prefix: string] {
  const [, before = "", prefix = ""] = PATH.exec(text)!;
  if (before === "") return [[...helperNames(), ...declared], prefix];
  const steps = before.split(/\??\./).slice(0, -1);
  const owner = steps.at(-1)!;
  if (owner === "events" || owner === "packets" || owner === "path") return [OF_LISTS, prefix];
  if (!last) return [[], prefix];
  // `p.ip.` and `packets[0].inner.ip.`: groups of fields, of which the longest that is one counts.
  for (let from = 1; from < steps.length; from++) {
    const group = `${steps.slice(from).join(".")}.`;
    const inside = fieldNames(last).flatMap((name) =>
      name.startsWith(group) ? [name.slice(group.length).split(".")[0]!] : [],
    );
    if (inside.length > 0) return [inside, prefix];
  }
  return [journeyNames(last).filter((name) => !name.includes(".")), prefix];
}
