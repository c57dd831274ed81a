import { conditionKey } from "../../compiler/codegen/record.ts";
import type { CompiledQuery, Slot } from "../../compiler/compiled.ts";
import type { TExpr, TField } from "../../compiler/typed.ts";
import { asText, formatOf, isList, type Text, type Value } from "../format.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { type Read, slotRead } from "./read.ts";
import { findSlot } from "./slot.ts";
import { specialReads } from "./special.ts";
import { symbolText } from "./symbol-text.ts";

/** Reads of everything that is captured or in the record's head; undefined for what must be computed from these. */
export function leafReads(
  query: CompiledQuery,
  batch: Batch,
  context: DecodeContext,
): (expr: TExpr) => Read | undefined {
  const symbol = symbolText(context.names);
  const read = (found: Slot | undefined): Read | undefined =>
    found && slotRead(batch, query.record, found, symbol);
  const slot = slotReads(query, batch, context);
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

/** Reads of slots by their keys, as they lie there. */
export function slotReads(
  { record }: CompiledQuery,
  batch: Batch,
  context: DecodeContext,
): (key: string) => Read | undefined {
  const symbol = symbolText(context.names);
  return (key) => {
    const found = record.slots.find((slot) => slot.key === key);
    return found && slotRead(batch, record, found, symbol);
  };
}

/** Whether the condition of a column (`if`) is true, which the kernel has tested. */
export function conditionRead(condition: TExpr, { record }: CompiledQuery, batch: Batch): Read {
  const slot = record.slots.find(({ key }) => key === conditionKey(condition))!;
  return slotRead(batch, record, slot, () => asText(""));
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
