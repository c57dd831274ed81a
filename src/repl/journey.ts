import { Batch } from "../runtime/decode/batch.ts";
import { type Column, columnsOf } from "../runtime/decode/columns.ts";
import { head, isLast } from "../runtime/decode/head.ts";
import { type Styles, styles } from "../runtime/output/style.ts";
import { functionColumn } from "../runtime/output/table.ts";
import type { LastRun } from "./last-run.ts";

/** Columns that say nothing about how the packet changed: when, which, where; a stack is no cell. */
const NOT_OF_THE_PACKET: ReadonlySet<string> = new Set(["time", "packet", "func", "elapsed", "delta"]);

interface Step {
  readonly query: number;
  /** Nanoseconds, of the records' clock. */
  readonly time: number;
  readonly place: string;
  readonly cells: readonly (readonly [name: string, text: string])[];
  readonly last: boolean;
}

/**
 * The journey of one packet, step by step: time since the step before, where, and what is not as it was (at the first
 * step: everything). Undefined if no event of the packet is there.
 */
export function journeyText(run: LastRun, packet: bigint, color: boolean): string | undefined {
  const style = styles(color);
  const steps = stepsOf(run, packet, style);
  const [first] = steps;
  if (!first) return undefined;
  const numbered = run.queries.length > 1;
  const lines: string[] = [];
  const before = new Map<string, string>();
  let then = first.time;
  for (const { query, time, place, cells, last } of steps) {
    const changes = cells.flatMap(([name, text]) => {
      const key = `${query} ${name}`;
      const old = before.get(key);
      before.set(key, text);
      if (old === text) return [];
      const [open, close] = old === undefined ? ["", ""] : style.packet;
      return [old === undefined ? `${name} ${text}` : `${open}${name} ${old} -> ${text}${close}`];
    });
    const [dim, undim] = style.end;
    const delta = `+${microseconds(time - then)}`.padStart(DELTA_WIDTH);
    const which = numbered ? `${query + 1}  ` : "";
    lines.push(`${dim}${delta}${undim}  ${which}${place}${last ? `${dim} (end)${undim}` : ""}`);
    lines.push(...changes.map((change) => `${" ".repeat(DELTA_WIDTH + 4)}${change}`));
    then = time;
  }
  const events = `${steps.length} ${steps.length === 1 ? "event" : "events"}`;
  const [bold, unbold] = style.heading;
  const heading = `${bold}packet ${packet}: ${events} in ${microseconds(then - first.time)}${unbold}`;
  return `${[heading, ...lines].join("\n")}\n`;
}

const DELTA_WIDTH = 14;

const microseconds = (ns: number): string => `${(ns / 1000).toFixed(1)} us`;

function stepsOf({ queries, context, store }: LastRun, packet: bigint, style: Styles): readonly Step[] {
  const batch = new Batch();
  const { packet: number, timeLow, timeHigh, flags } = head(batch);
  const place = functionColumn(undefined, batch, context, style);
  const columns: readonly (readonly Column[])[] = queries.map((query) =>
    columnsOf(query, batch, context).filter(
      ({ name, kind }) => !NOT_OF_THE_PACKET.has(name) && kind !== "stack",
    ),
  );
  const steps: Step[] = [];
  store.each(batch, (at, query) => {
    if (BigInt(number(at)) !== packet) return;
    steps.push({
      query,
      time: timeHigh(at) * 0x1_0000_0000 + timeLow(at),
      place: place.text(at),
      cells: columns[query]!.map(({ name, text }) => [name, text(at)]),
      last: isLast(flags(at)),
    });
  });
  return steps;
}
