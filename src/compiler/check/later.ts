import type { Code } from "../diagnostics/codes.ts";
import { laterReason } from "../fields/table.ts";

/** Something of the language that this version does not have. */
export interface Later {
  readonly code: Code;
  readonly message: string;
  readonly label?: string | undefined;
}

const later = (code: Code, what: string, label?: string): Later => ({
  code,
  message: `${what} is not there yet`,
  label,
});

/** Field names, by their first word. */
const NAMES: Readonly<Record<string, Code>> = {
  why: "PWQ1516",
};

export function laterName(name: string): Later | undefined {
  const reason = laterReason(name);
  const code = NAMES[name.split(".", 1)[0]!];
  return reason === undefined || code === undefined ? undefined : later(code, `\`${name}\``, reason);
}

const aggregate = (name: string): Later => later("PWQ1501", `\`${name}(…)\``, "show the value of each event");

const CALLS: ReadonlyMap<string, Later> = new Map([
  ...["count", "sum", "avg", "hist", "lhist", "p50", "p90", "p99", "uniq"].map(
    (name) => [name, aggregate(name)] as const,
  ),
]);

/** `min` and `max` of one value are aggregates, of several they are not. */
export function laterCall(name: string, args: number): Later | undefined {
  return (name === "min" || name === "max") && args === 1 ? aggregate(name) : CALLS.get(name);
}

const POINTS: Readonly<Record<string, Later>> = {
  xdp: later("PWQ1512", "the point `xdp`", "a packet is seen from where it is an skb"),
  calls: later("PWQ1513", "the point `calls`", "`all` are the functions that have an skb argument"),
};
export const laterPoint = (name: string): Later | undefined => POINTS[name];

const CLAUSES: Readonly<Record<string, Later>> = {
  By: later("PWQ1502", "`by`", "events are shown one by one"),
  Every: later("PWQ1503", "`every`", "events are shown as they come"),
  Top: later("PWQ1504", "`top`", "events are shown as they come"),
};
export const laterClause = (kind: string): Later | undefined => CLAUSES[kind];
