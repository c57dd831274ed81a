import type { CompiledQuery } from "../../compiler/compiled.ts";
import { FIELDS } from "../../compiler/fields/table.ts";
import type { TExpr, TField } from "../../compiler/typed.ts";
import type { Type } from "../../compiler/types.ts";
import { isExplained } from "../../why/asked.ts";
import { ABSENT, formatOf } from "../format.ts";
import type { Batch } from "./batch.ts";
import { computedRead } from "./computed.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";
import { conditionRead, leafReads } from "./leaves.ts";
import type { Read } from "./read.ts";

/** One shown item: how its cell and its JSON value are had from the record at a place of the batch. */
export interface Column {
  /** The JSON key. */
  readonly name: string;
  readonly title: string;
  readonly width: number;
  /** Numbers are set flush right. */
  readonly right: boolean;
  readonly kind: "plain" | "time" | "packet" | "func" | "tuple" | "stack" | "dump" | "why";
  readonly text: (at: number) => string;
  readonly json: (at: number) => string;
  readonly read: Read;
  /** Of the running task: the interrupt in which it only happened to be there, by name; undefined: it was none. */
  readonly interrupt?: (at: number) => string | undefined;
}

/** The columns of a query, each with closures over `batch` made for this query's record layout. */
export function columnsOf(query: CompiledQuery, batch: Batch, context: DecodeContext): readonly Column[] {
  const leaves = leafReads(query, batch, context);
  const columns = query.columns.map(({ name, value, condition }) => {
    const always = leaves(value) ?? computedRead(value, query, batch, context);
    const read = condition ? onlyWhere(conditionRead(condition, query, batch), always) : always;
    const own = column(name, value, query.checked.explicitShow, read, batch, context);
    return value.kind === "field" && value.field.ofTask ? bracketed(own, leaves(CONTEXT)) : own;
  });
  return columns.map((own) =>
    columns.some((other) => other !== own && other.title === own.title) ? byName(own) : own,
  );
}

const contextField = FIELDS.get("context")!;
const CONTEXT: TField = {
  kind: "field",
  field: contextField,
  type: contextField.type,
  span: { start: 0, end: 0 },
};

/** What is told of a task that only happened to be there stands in brackets. */
function bracketed(own: Column, context: Read | undefined): Column {
  if (!context) return own;
  const { text } = formatOf(contextField.type);
  const interrupt = (at: number): string | undefined => {
    const value = context(at);
    return value ? text(value) : undefined;
  };
  return {
    ...own,
    interrupt,
    text: (at) => (context(at) && own.read(at) !== undefined ? `(${own.text(at)})` : own.text(at)),
  };
}

const onlyWhere =
  (holds: Read, read: Read): Read =>
  (at) =>
    holds(at) ? read(at) : undefined;

/** For two fields with one short title (`tcp.sport`, `udp.sport`). */
const byName = (column: Column): Column => ({
  ...column,
  title: column.name,
  width: Math.max(column.width, column.name.length),
});

/**
 * What is always there although it was not asked for: in front of shown items the time and, where packets are
 * followed, the packet. Its function stands last in every table by itself.
 */
export function leadingColumns(
  query: CompiledQuery,
  batch: Batch,
  context: DecodeContext,
): readonly Column[] {
  const { explicitShow, follow } = query.checked;
  if (!explicitShow) return [];
  const leaves = leafReads(query, batch, context);
  return ["time", ...(follow.size > 0 ? ["packet"] : [])]
    .filter((name) => !query.columns.some((shown) => shown.name === name))
    .map((name) => {
      const field = FIELDS.get(name)!;
      const value: TField = { kind: "field", field, type: field.type, span: { start: 0, end: 0 } };
      return column(name, value, true, leaves(value)!, batch, context);
    });
}

/** The explanation of drops, where the query shows none itself. */
export function explanationColumn(
  query: CompiledQuery,
  batch: Batch,
  context: DecodeContext,
): readonly Column[] {
  if (!isExplained(query.checked)) return [];
  const field = FIELDS.get("why")!;
  const value: TField = { kind: "field", field, type: field.type, span: { start: 0, end: 0 } };
  return [column("why", value, true, leafReads(query, batch, context)(value)!, batch, context)];
}

/** `asWritten`: an item that has a name of its own keeps it as its title. */
function column(
  name: string,
  value: TExpr,
  asWritten: boolean,
  read: Read,
  batch: Batch,
  context: DecodeContext,
): Column {
  const { type } = value;
  const field = value.kind === "field" ? value.field : undefined;
  const named = asWritten && name !== field?.name;
  const title = named ? name : (field?.column?.title ?? name.toUpperCase());
  const width = Math.max(title.length, Math.min(field?.column?.width ?? usualWidth(type), MAX_WIDTH));
  const right = type.kind === "int" && !type.names && !(field && SHOWN_BY_NAME.has(field.name));
  const kind = kindOf(field?.name, type);
  const base = { name, title, width, right, kind, read };
  if (kind === "time") {
    const { timeLow, timeHigh } = head(batch);
    return {
      ...base,
      right: false,
      text: (at) => context.clock.time(timeLow(at), timeHigh(at)),
      json: (at) => `"${context.clock.iso(timeLow(at), timeHigh(at))}"`,
    };
  }
  const format = formatOf(type);
  return {
    ...base,
    text: (at) => {
      const v = read(at);
      return v === undefined ? ABSENT.text : format.text(v);
    },
    json: (at) => {
      const v = read(at);
      return v === undefined ? ABSENT.json : format.json(v);
    },
  };
}

/** Numbers in the kernel that are mostly shown as names. */
const SHOWN_BY_NAME: ReadonlySet<string> = new Set(["netns", "cgroup", "caller", "drop.location"]);

/** Wider cells are printed in full and push the rest of their line. */
const MAX_WIDTH = 40;

function kindOf(field: string | undefined, type: Type): Column["kind"] {
  if (type.kind === "stack" || type.kind === "dump") return type.kind;
  if (type.kind === "tuple") return "tuple";
  return field === "time" || field === "packet" || field === "func" || field === "why" ? field : "plain";
}

function usualWidth(type: Type): number {
  switch (type.kind) {
    case "int":
      return type.names ? 12 : { 8: 3, 16: 5, 32: 10, 64: 18 }[type.bits];
    case "bool":
      return 5;
    case "ip":
      return type.version === 6 ? 39 : 15;
    case "mac":
      return 17;
    case "tuple":
      return 36;
    case "string":
    case "bytes":
      return Math.min(type.size, 16);
    default:
      return 8;
  }
}
