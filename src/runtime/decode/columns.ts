import type { CompiledQuery, Slot } from "../../compiler/compiled.ts";
import { FIELDS } from "../../compiler/fields/table.ts";
import type { TExpr, TField } from "../../compiler/typed.ts";
import type { Type } from "../../compiler/types.ts";
import { ABSENT, asText, formatOf, isList, type Text, type Value } from "../format.ts";
import { containerId } from "../kernel/container.ts";
import type { Batch } from "./batch.ts";
import { computedRead } from "./computed.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";
import { type Read, slotRead } from "./read.ts";
import { findSlot } from "./slot.ts";
import { symbolText } from "./symbol-text.ts";

/** One shown item: how its cell and its JSON value are had from the record at a place of the batch. */
export interface Column {
  /** The JSON key. */
  readonly name: string;
  readonly title: string;
  readonly width: number;
  /** Numbers are set flush right. */
  readonly right: boolean;
  readonly kind: "plain" | "time" | "packet" | "func" | "tuple" | "stack";
  readonly text: (at: number) => string;
  readonly json: (at: number) => string;
  readonly read: Read;
}

/** The columns of a query, each with closures over `batch` made for this query's record layout. */
export function columnsOf(query: CompiledQuery, batch: Batch, context: DecodeContext): readonly Column[] {
  const leaves = leafReads(query, batch, context);
  const columns = query.columns.map(({ name, value }) => {
    const read = leaves(value) ?? computedRead(value, query, batch, context);
    return column(name, value, query.checked.explicitShow, read, batch, context);
  });
  return columns.map((own) =>
    columns.some((other) => other !== own && other.title === own.title) ? byName(own) : own,
  );
}

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
  if (type.kind === "stack") return "stack";
  if (type.kind === "tuple") return "tuple";
  return field === "time" || field === "packet" || field === "func" ? field : "plain";
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

type LeafReads = (expr: TExpr) => Read | undefined;

/** Reads of everything that is captured or in the record's head; undefined for what must be computed from these. */
function leafReads(query: CompiledQuery, batch: Batch, context: DecodeContext): LeafReads {
  const symbol = symbolText(context.names);
  const read = (found: Slot | undefined): Read | undefined =>
    found && slotRead(batch, query.record, found, symbol);
  const slot = (key: string): Read | undefined => read(query.record.slots.find((s) => s.key === key));
  const special = specialReads(batch, context, symbol, slot);
  const named = (name: string): Read | undefined => special[name]?.() ?? slot(name);
  return (expr) => {
    const found = expr.kind === "field" ? fieldRead(expr, named) : read(findSlot(query.record, expr));
    if (!found) return undefined;
    // A protocol's slot is filled in where the packet has it.
    if (expr.kind === "present") return (at) => found(at) !== undefined;
    return expr.type.kind === "bool" ? truth(found) : found;
  };
}

/** A field that means either end (`ip.addr`) is the list of both. */
function fieldRead({ field, type }: TField, named: (name: string) => Read | undefined): Read | undefined {
  if (field.read.from !== "either") return named(field.name);
  const [one, other] = field.read.fields.map(named);
  if (!one || !other) return undefined;
  const format = formatOf(type);
  const asItem = (value: Value): Text =>
    typeof value === "object" && !isList(value)
      ? value
      : { raw: format.text(value), text: format.text(value), json: format.json(value) };
  return (at) => {
    const ends = [one(at), other(at)].filter((value) => value !== undefined);
    return ends.length === 0 ? undefined : ends.map(asItem);
  };
}

const truth =
  (read: Read): Read =>
  (at) => {
    const value = read(at);
    return value === undefined ? undefined : value !== 0;
  };

/** Fields that are more than the bytes of their slot, or that have none: they lie in the head or come from user space. */
function specialReads(
  batch: Batch,
  context: DecodeContext,
  symbol: (address: number | bigint) => Text,
  slot: (key: string) => Read | undefined,
): Readonly<Record<string, () => Read | undefined>> {
  const { cpu, packet, point, location, reason, timeLow, timeHigh } = head(batch);
  const func = functionText(batch, context);
  const modules = context.points.map((p) => (p.module === undefined ? undefined : asText(p.module)));
  const isDrop = (at: number): boolean => context.points[point(at)]?.kind === "drop";
  const named =
    (key: string, name: (value: number | bigint) => string | undefined) => (): Read | undefined => {
      const read = slot(key);
      return read && renamed(read, name);
    };
  return {
    time: () => (at) => timeHigh(at) * 0x1_0000_0000 + timeLow(at),
    packet: () => (at) => packet(at) || undefined,
    cpu: () => cpu,
    func: () => func,
    module: () => (at) => {
      if (!isDrop(at)) return modules[point(at)];
      const place = context.names.symbol(BigInt(location(at)));
      return place?.module === undefined ? undefined : asText(place.module);
    },
    "drop.reason": () => (at) => (isDrop(at) ? reason(at) : undefined),
    "drop.location": () => (at) => (isDrop(at) ? symbol(location(at)) : undefined),
    caller: () => {
      const read = slot("caller");
      return read && ((at) => mapNumber(read(at), symbol));
    },
    netns: named("netns", (inode) => context.names.netns(Number(inode))),
    cgroup: named("cgroup", context.names.cgroup),
    container: () => containerRead(slot("cgroup"), context),
    process: () => processRead(slot("comm"), slot("pid")),
  };
}

/** At a drop the function that holds the drop's location, otherwise the point's name. */
export function functionText(batch: Batch, context: DecodeContext): (at: number) => Text {
  const { point, location } = head(batch);
  const names = context.points.map((p) => (p.kind === "drop" ? undefined : asText(p.name)));
  const known = new Map<number | bigint, Text>();
  return (at) => {
    const name = names[point(at)];
    if (name) return name;
    const address = location(at);
    let text = known.get(address);
    if (!text) {
      const fallback = context.points[point(at)]?.name ?? `point ${point(at)}`;
      text = asText(context.names.symbol(BigInt(address))?.name ?? fallback);
      known.set(address, text);
    }
    return text;
  };
}

function mapNumber(
  value: Value | undefined,
  make: (n: number | bigint) => Value | undefined,
): Value | undefined {
  return typeof value === "number" || typeof value === "bigint" ? make(value) : value;
}

/** The name of a number where it has one, else the number. Names may change, so they are asked for each time. */
function renamed(read: Read, name: (value: number | bigint) => string | undefined): Read {
  const known = new Map<string, Text>();
  return (at) =>
    mapNumber(read(at), (value) => {
      const found = name(value);
      if (found === undefined) return value;
      let text = known.get(found);
      if (!text) {
        if (known.size > MAX_KNOWN) known.clear();
        text = asText(found);
        known.set(found, text);
      }
      return text;
    });
}

function processRead(comm: Read | undefined, pid: Read | undefined): Read | undefined {
  if (!comm || !pid) return undefined;
  const known = new Map<Value, { readonly pid: Value; readonly text: Text }>();
  return (at) => {
    const name = comm(at);
    const id = pid(at);
    if (id === undefined || typeof name !== "object" || isList(name)) return undefined;
    const before = known.get(name);
    if (before?.pid === id) return before.text;
    const text = asText(`${name.raw}:${id}`);
    if (known.size > MAX_KNOWN) known.clear();
    known.set(name, { pid: id, text });
    return text;
  };
}

/** Texts that are remembered; there are seldom so many names. */
const MAX_KNOWN = 4096;

function containerRead(cgroup: Read | undefined, { names }: DecodeContext): Read | undefined {
  if (!cgroup) return undefined;
  const container = renamed(cgroup, (id) => containerId(names.cgroup(id) ?? ""));
  return (at) => {
    const value = container(at);
    return typeof value === "object" ? value : undefined;
  };
}
