import type { CompiledQuery } from "../../compiler/compiled.ts";
import { FIELDS } from "../../compiler/fields/table.ts";
import type { ShowColumn } from "../../compiler/typed.ts";
import type { Batch } from "../../runtime/decode/batch.ts";
import { type Column, columnsOf } from "../../runtime/decode/columns.ts";
import type { DecodeContext } from "../../runtime/decode/context.ts";
import { isList } from "../../runtime/format.ts";
import type { HookProgram } from "../program.ts";
import type { Interning } from "./interning.ts";
import { type Cell, type CellKind, layRow, type RowLayout, WIDE_INTERNED } from "./layout.ts";

/** A cell's value of one query: where it comes from, and the closure that reads it. */
interface Origin {
  readonly show: ShowColumn;
  readonly column: Column;
}

/** By name, what each query has of it. */
export type Origins = ReadonlyMap<string, readonly (Origin | undefined)[]>;

/** Always part of an event as a whole, as in JSON. */
export const OF_EVERY_EVENT = ["time", "packet", "func"];

/** Reads of everything that a query's hooks may ask for, made over `batch`. */
export function originsOf(
  queries: readonly CompiledQuery[],
  batch: Batch,
  context: DecodeContext,
  always: readonly string[] = OF_EVERY_EVENT,
): Origins {
  const origins = new Map<string, (Origin | undefined)[]>();
  queries.forEach((query, number) => {
    const shows = [
      ...query.columns,
      ...(query.checked.captured ?? []),
      ...always.map((name) => fieldItem(name, context)),
    ];
    columnsOf({ ...query, columns: shows }, batch, context).forEach((column, i) => {
      const show = shows[i]!;
      const known = origins.get(show.name) ?? queries.map(() => undefined);
      known[number] = { show, column };
      origins.set(show.name, known);
    });
  });
  return origins;
}

function fieldItem(name: string, { reasonType }: DecodeContext): ShowColumn {
  const field = FIELDS.get(name)!;
  // Its names are those of the kernel that is traced.
  const type = name === "drop.reason" ? reasonType : field.type;
  return { name, value: { kind: "field", field, type, span: { start: 0, end: 0 } } };
}

/** The row of a program: what its hooks name, and if they use an event as a whole, what is shown. */
export function rowOf(
  { fields, layers, whole, hooks }: Pick<HookProgram, "fields" | "layers" | "whole" | "hooks">,
  queries: readonly CompiledQuery[],
  origins: Origins,
): RowLayout {
  const journeys = hooks.some(({ event }) => event === "packet");
  const shown = new Set([
    ...(whole
      ? [...OF_EVERY_EVENT, ...queries.flatMap(({ columns }) => columns.map(({ name }) => name))]
      : []),
    ...(journeys ? ["packet", "func"] : []),
  ]);
  const names = new Set([...fields, ...layers.map((layer) => `has(${layer})`), ...shown]);
  return layRow(
    [...names].map((name) => ({ name, kind: kindOf(name, origins.get(name) ?? []), shown: shown.has(name) })),
  );
}

/** Numbers that mostly have a name. */
const NAMED: ReadonlySet<string> = new Set(["netns", "cgroup", "caller", "drop.location"]);

/** Of one kind for all queries; where they differ, or the value is no plain number, it is interned. */
function kindOf(name: string, origins: readonly (Origin | undefined)[]): CellKind {
  if (name === "packet") return "wide";
  const kinds = new Set(origins.flatMap((origin) => (origin ? [kindOfColumn(origin)] : [])));
  return kinds.size === 1 ? [...kinds][0]! : "interned";
}

function kindOfColumn({ show: { value }, column }: Origin): CellKind {
  const { type } = value;
  if (value.kind === "field" && NAMED.has(value.field.name)) return "interned";
  if (value.kind === "field" && value.field.read.from === "either") return "interned";
  if (type.kind === "bool") return "flag";
  if (type.kind !== "int" || type.names || type.unit === "pointer" || column.kind !== "plain")
    return "interned";
  if (type.bits === 64) return "wide";
  return type.signed ? "signed" : "small";
}

/** Writes one cell of the record at byte `at` into the row that begins at word `row`; false: the value is absent. */
export type WriteCell = (words: Uint32Array, row: number, at: number) => boolean;

export function writeCell(cell: Cell, column: Column, interning: Interning): WriteCell {
  const { read, json } = column;
  const { at: word, kind } = cell;
  const interned = (at: number): number => {
    const value = read(at);
    if (value === undefined) return 0;
    if (column.kind !== "time" && typeof value === "object" && !isList(value))
      return interning.text(value.raw);
    return interning.json(json(at));
  };
  switch (kind) {
    case "interned":
      return (words, row, at) => {
        words[row + word] = interned(at);
        return true;
      };
    case "wide":
      return (words, row, at) => {
        const value = read(at);
        if (value === undefined) return false;
        if (typeof value !== "number") {
          words[row + word] = interned(at);
          words[row + word + 1] = WIDE_INTERNED;
        } else {
          words[row + word] = value;
          words[row + word + 1] = Math.floor(value / 0x1_0000_0000);
        }
        return true;
      };
    default:
      return (words, row, at) => {
        const value = read(at);
        if (value === undefined) return false;
        words[row + word] = Number(value);
        return true;
      };
  }
}
