import type { CompiledQuery } from "../../compiler/compiled.ts";
import type { AggregateItem } from "../../compiler/typed.ts";
import type { Type } from "../../compiler/types.ts";
import type { Bucket, Result } from "../aggregates/accumulators.ts";
import { Groups, type Row } from "../aggregates/groups.ts";
import type { Column } from "../decode/columns.ts";
import { ABSENT, formatOf } from "../format.ts";
import type { Presenter } from "./presenter.ts";
import type { Sink } from "./sink.ts";

export interface Aggregating {
  readonly presenter: Presenter;
  /** Events that were made into aggregates instead of lines. */
  readonly events: () => number;
}

/**
 * Collects the events of queries that show aggregates, and prints these when `every` says so and at the end; the rest
 * goes to `inner`.
 */
export function aggregating(
  inner: Presenter,
  sink: Sink,
  queries: readonly CompiledQuery[],
  columns: readonly (readonly Column[])[],
  json: boolean,
): Aggregating {
  const groups = queries.map((query, i) =>
    query.checked.aggregation ? new Groups(query, columns[i]!) : undefined,
  );
  if (groups.every((each) => each === undefined)) return { presenter: inner, events: () => 0 };
  const timers: NodeJS.Timeout[] = [];
  let events = 0;
  const print = (query: number): void => {
    const { [query]: each } = groups;
    if (each) sink.line((json ? jsonLines : tableLines)(each, queries.length > 1 ? query : undefined));
  };
  const presenter: Presenter = {
    ...inner,
    start(info) {
      // Its headers are of events, which are not shown.
      if (json || groups.includes(undefined)) inner.start(info);
      groups.forEach((each, query) => {
        const everyNs = each?.aggregation.everyNs;
        if (everyNs !== undefined) timers.push(setInterval(() => print(query), Number(everyNs) / 1e6));
      });
    },
    event(query, at) {
      const { [query]: each } = groups;
      if (!each) return inner.event(query, at);
      each.add(at);
      events++;
    },
    end(info) {
      for (const timer of timers) clearInterval(timer);
      for (const query of groups.keys()) print(query);
      const full = groups.reduce((sum, each) => sum + (each?.full ?? 0), 0);
      if (full > 0) inner.lost({ cause: "groups_full", count: full });
      inner.end({ ...info, lost: info.lost + full });
    },
  };
  return { presenter, events: () => events };
}

/** A line for each group, and one that says how many there are, after which the next printing begins. */
function jsonLines(groups: Groups, query: number | undefined): string {
  const { aggregation, columns } = groups;
  const numbered = query === undefined ? "" : `,"query":${query}`;
  const rows = groups.rows();
  const lines = rows.map(({ keys, results }) => {
    const parts = [
      ...keys.map(({ json }, i) => `,${JSON.stringify(columns[i]!.name)}:${json}`),
      ...aggregation.items.map((item, i) => `,${JSON.stringify(item.name)}:${jsonOf(item, results[i])}`),
    ];
    return `{"type":"aggregate"${numbered}${parts.join("")}}\n`;
  });
  return `${lines.join("")}{"type":"groups"${numbered},"shown":${rows.length},"all":${groups.size}}\n`;
}

function jsonOf(item: AggregateItem, result: Result | undefined): string {
  if (result === undefined) return ABSENT.json;
  return typeof result === "number" ? formatOf(typeOf(item)).json(result) : JSON.stringify(result);
}

/** Extremes are values of their kind, names and all; sums and means are plain numbers with its unit. */
function typeOf({ fn, type }: AggregateItem): Type {
  if (type.kind !== "int" || fn === "min" || fn === "max") return type;
  const { names: _, base: __, ...plain } = type;
  return plain;
}

function textOf(item: AggregateItem, result: Result | undefined): string {
  if (result === undefined) return ABSENT.text;
  if (typeof result !== "number") return String(result.reduce((sum, { count }) => sum + count, 0));
  const type = typeOf(item);
  const whole = Number.isInteger(result) || (type.kind === "int" && type.unit === "duration");
  return whole ? formatOf(type).text(result) : result.toFixed(1);
}

/** A table of its own for each printing, its columns as wide as they need. Histograms stand below their group. */
function tableLines(groups: Groups): string {
  const { aggregation, columns } = groups;
  const { items, keys } = aggregation;
  const titles = [...columns.slice(0, keys).map(({ title }) => title), ...items.map(({ name }) => name)];
  const rows = groups.rows();
  const cells = rows.map((row) => [
    ...row.keys.map(({ text }) => text),
    ...items.map((item, i) => textOf(item, row.results[i])),
  ]);
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const set = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < keys ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  const lines = [set(titles)];
  rows.forEach((row, i) => {
    lines.push(set(cells[i]!), ...histograms(items, row));
  });
  if (groups.size > rows.length) lines.push(`… ${groups.size - rows.length} more`);
  return `${lines.join("\n")}\n\n`;
}

/** Of the longest bar. */
const BAR = 40;

function histograms(items: readonly AggregateItem[], { results }: Row): string[] {
  return items.flatMap((item, i) => {
    const result = results[i];
    if (result === undefined || typeof result === "number") return [];
    const format = formatOf(typeOf(item));
    const edge = (value: number | undefined): string => (value === undefined ? "" : format.text(value));
    const label = ({ from, to }: Bucket): string => `[${edge(from)}, ${edge(to)})`;
    const most = Math.max(...result.map(({ count }) => count));
    const width = Math.max(...result.map((bucket) => label(bucket).length));
    const digits = String(most).length;
    return [
      `  ${item.name}`,
      ...result.map((bucket) => {
        const bar = "#".repeat(Math.max(1, Math.round((bucket.count / most) * BAR)));
        return `    ${label(bucket).padEnd(width)}  ${String(bucket.count).padStart(digits)}  ${bar}`;
      }),
    ];
  });
}
