import type { CompiledQuery, RecordLayout, Slot } from "../../compiler/compiled.ts";
import { type Environment, type Value as Evaluated, evaluate } from "../../compiler/evaluate.ts";
import { presenceKey, type TExpr } from "../../compiler/typed.ts";
import { asText, type Value } from "../format.ts";
import { charsText, hexText, ip4Text, ip6Text, macText } from "../text.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";
import type { Read } from "./read.ts";
import { resultRead } from "./result.ts";
import { findSlot } from "./slot.ts";

/**
 * A shown expression that is not captured as such: computed from what is captured, by the reference evaluator.
 * Slower than a slot by far, and seldom needed.
 */
export function computedRead(expr: TExpr, query: CompiledQuery, batch: Batch, context: DecodeContext): Read {
  const fromHead = headValues(batch, context);
  let at = 0;
  const slotValue = (leaf: TExpr): Evaluated | undefined => {
    const slot = findSlot(query.record, leaf);
    return slot && evaluated(batch, query.record, slot, at);
  };
  const event: Environment = {
    read: (leaf) => {
      const known = leaf.kind === "field" ? fromHead[leaf.field.name] : undefined;
      return known ? known(at) : slotValue(leaf);
    },
    present: (layer, inner) => {
      const name = presenceKey({ layer, ...(inner ? { inner } : {}) });
      const slot = query.record.slots.find(({ key }) => key === name);
      return slot !== undefined && evaluated(batch, query.record, slot, at) !== undefined;
    },
    symbol: (address) => context.names.symbol(address)?.name,
  };
  return (record) => {
    at = record;
    const value = evaluate(expr, event);
    return value === undefined ? undefined : shown(value, expr);
  };
}

function headValues(
  batch: Batch,
  context: DecodeContext,
): Readonly<Record<string, (at: number) => Evaluated | undefined>> {
  const { timeLow, timeHigh, packet, cpu, point, reason, location } = head(batch);
  const { points, names } = context;
  const result = resultRead(batch, context);
  const drop = (at: number): boolean => points[point(at)]?.kind === "drop";
  const place = (at: number) => names.symbol(BigInt(location(at)));
  return {
    time: (at) => (BigInt(timeHigh(at)) << 32n) | BigInt(timeLow(at)),
    packet: (at) => BigInt(packet(at)) || undefined,
    cpu: (at) => BigInt(cpu(at)),
    func: (at) => (drop(at) ? place(at)?.name : names.program?.(point(at))) ?? points[point(at)]?.name,
    module: (at) => (drop(at) ? place(at)?.module : points[point(at)]?.module),
    ret: (at) => {
      const value = result(at);
      return typeof value === "number" || typeof value === "bigint" ? BigInt(value) : undefined;
    },
    "drop.reason": (at) => (drop(at) ? BigInt(reason(at)) : undefined),
    "drop.location": (at) => (drop(at) ? BigInt(location(at)) : undefined),
  };
}

/** A slot's value in the evaluator's form. */
function evaluated(batch: Batch, record: RecordLayout, slot: Slot, at: number): Evaluated | undefined {
  if (slot.bit !== undefined) {
    const word = batch.u32[((at + record.presence) >> 2) + (slot.bit >> 5)]!;
    if (!(word & (1 << (slot.bit & 31)))) return undefined;
  }
  const b = batch.u8;
  const from = at + slot.offset;
  switch (slot.encoding) {
    case "uint":
      return number(littleEndian(b, from, slot.size), slot);
    case "sint":
      return BigInt.asIntN(slot.size * 8, littleEndian(b, from, slot.size));
    case "ip4":
      return { version: 4, value: bigEndian(b, from, 4) };
    case "ip6":
      return { version: 6, value: bigEndian(b, from, 16) };
    case "ip":
      return b[from] === 4
        ? { version: 4, value: bigEndian(b, from + 8, 4) }
        : { version: 6, value: bigEndian(b, from + 8, 16) };
    case "mac":
      return bigEndian(b, from, 6);
    case "chars":
      return charsText(b, from, from + slot.size);
    case "bytes":
      return b.slice(from, from + slot.size);
    case "counted": {
      const end = from + 4 + Math.min(batch.u32[from >> 2]!, slot.size - 4);
      return slot.type.kind === "string" ? charsText(b, from + 4, end) : b.slice(from + 4, end);
    }
    case "stack":
    case "dump":
    case "tuple":
      throw new TypeError(`${slot.key} is only shown, never computed with`);
  }
}

const number = (value: bigint, { type }: Slot): Evaluated => (type.kind === "bool" ? value !== 0n : value);

function littleEndian(b: Uint8Array, from: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(b[from + i]!);
  return value;
}

function bigEndian(b: Uint8Array, from: number, size: number): bigint {
  let value = 0n;
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(b[from + i]!);
  return value;
}

/** Back to what is written: addresses as text, numbers as numbers where they are exact. */
function shown(value: Evaluated, { type }: TExpr): Value {
  if (typeof value === "bigint") {
    if (type.kind === "mac") return asText(macText(octets(value, 6), 0));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return asText(value);
  if (value instanceof Uint8Array) return asText(hexText(value, 0, value.length));
  return asText(
    value.version === 4 ? ip4Text(octets(value.value, 4), 0) : ip6Text(octets(value.value, 16), 0),
  );
}

function octets(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * (size - 1 - i))) & 0xffn));
}
