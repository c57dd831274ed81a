import { MEMBERS, METHODS } from "../hooks/events.ts";
import { GLOBALS } from "../hooks/source/globals.ts";
import type { LastRun } from "./last-run.ts";

/** Of the helpers of hooks, those that have no meaning between two events, or outside of a program. */
const OF_HOOKS: ReadonlySet<string> = new Set(["on", "drop", "stop", "params", "arguments"]);

/** What every line at the prompt can name. */
export const helperNames = (): readonly string[] => [
  "events",
  "packets",
  ...[...GLOBALS].filter((name) => !OF_HOOKS.has(name)),
];

/** Fields that events of the run have, as they are captured: `ip.src`. */
export function fieldNames({ queries }: Pick<LastRun, "queries">): readonly string[] {
  const items = queries.flatMap(({ columns, checked }) => [...columns, ...(checked.captured ?? [])]);
  const names = items.map(({ name }) => name).filter((name) => !name.startsWith("has("));
  return [...new Set(["time", "packet", "func", "drop.reason", ...names])];
}

/** What stands behind the dot of an event or a packet. */
export const journeyNames = (run: Pick<LastRun, "queries">): readonly string[] => [
  ...Object.keys(MEMBERS.journey),
  ...METHODS,
  ...fieldNames(run),
  ...fieldNames(run).map((name) => name.split(".")[0]!),
];
