import { evidenceField } from "../../why/evidence.ts";
import type { Encoding, RecordLayout, Slot } from "../compiled.ts";
import type { Field } from "../fields/field.ts";
import { findField } from "../fields/table.ts";
import { RECORD_HEAD, SCRATCH_SIZE, TUPLE } from "../layout.ts";
import { pcapKey } from "../pcap/filter.ts";
import { presenceKey, type ShowColumn, type TExpr } from "../typed.ts";
import { bool, type Type } from "../types.ts";
import { and, type Bytes, type Cond, or, TRUE } from "./ir.ts";
import { surely } from "./lower.ts";
import type { LowerContext } from "./lower-context.ts";
import { atDrop, type Lowered, lowerRead } from "./lower-read.ts";
import { lower } from "./lower-value.ts";
import { RecordTooLarge } from "./problem.ts";
import { directReader } from "./reader.ts";

/** A slot and where its value comes from. */
export interface Capture {
  readonly slot: Slot;
  readonly source: Lowered | { readonly shape: "presence"; readonly expr: TExpr };
  /** Captured only where this is true: all columns that show it are conditional. */
  readonly condition?: Cond;
  /** Captured at drops only; such slots are the last of the record. */
  readonly ofDrops?: true;
}

/** Fields that every record's head carries. */
const IN_HEAD: ReadonlySet<string> = new Set([
  "time",
  "packet",
  "cpu",
  "func",
  "module",
  "drop.reason",
  "drop.location",
  "ret",
]);

const LARGEST_RECORD = 16 * 1024;
/** Return addresses kept of a stack (PERF_MAX_STACK_DEPTH is 127; frames beyond this are the system call's). */
const STACK_FRAMES = 64;

/** Lays out what the shown items need: each captured leaf once, in the order they are first needed. */
export function layoutRecord(
  columns: readonly ShowColumn[],
  context: LowerContext,
): { record: RecordLayout; captures: readonly Capture[] } {
  const wanted = new Map<string, Wanted>();
  const need =
    (condition: Cond): Need =>
    (key, expr, type, { optional, ofDrops = false } = {}) => {
      if (optional && !isReadable(expr, context)) return;
      const before = wanted.get(key);
      if (!before) wanted.set(key, { expr, type, source: sourceOf(expr, context), condition, ofDrops });
      else if (before.ofDrops === ofDrops) before.condition = or(before.condition, condition);
      else {
        const [drops, others] = ofDrops ? [condition, before.condition] : [before.condition, condition];
        Object.assign(before, { ofDrops: false, condition: or(others, and(atDrop, drops)) });
      }
    };
  for (const { value, condition } of columns) {
    leaves(value, need(condition ? surely(condition, true, context) : TRUE));
    if (condition) need(TRUE)(conditionKey(condition), condition, bool);
  }

  const presence = RECORD_HEAD.size;
  const presenceWords = Math.ceil(wanted.size / 64);
  let at = presence + presenceWords * 8;
  const captures: Capture[] = [];
  const lay = (ofDrops: boolean): number => {
    for (const [key, { expr, type, source, condition }] of wanted) {
      if (wanted.get(key)!.ofDrops !== ofDrops) continue;
      const { encoding, size } = encodingOf(source, type);
      const align = encoding === "uint" || encoding === "sint" ? size : 8;
      at = Math.ceil(at / align) * align;
      captures.push({
        slot: { key, type, encoding, offset: at, size, bit: captures.length, expr },
        source,
        ...(ofDrops && { ofDrops }),
        ...(condition === TRUE ? {} : { condition }),
      });
      at += size;
    }
    return Math.ceil(at / 8) * 8;
  };
  const short = lay(false);
  const size = lay(true);
  const largest = directReader(context.facts) ? LARGEST_RECORD : SCRATCH_SIZE;
  if (size > largest) throw new RecordTooLarge(size, largest);
  const slots = captures.map((capture) => capture.slot);
  return { record: { size, short, presence, presenceWords, slots }, captures };
}

interface Wanted {
  readonly expr: TExpr;
  readonly type: Type;
  readonly source: Capture["source"];
  condition: Cond;
  /** Nothing but explanations of drops needs it. */
  ofDrops: boolean;
}

type Need = (key: string, expr: TExpr, type: Type, how?: Needed) => void;

interface Needed {
  /** It is left out where this kernel does not have it. */
  readonly optional?: true;
  /** Only at drops. */
  readonly ofDrops?: true;
}

/** Of the slot that says whether a column's condition is true. */
export const conditionKey = (condition: TExpr): string => `if@${condition.span.start}`;

const isReadable = (expr: TExpr, { facts }: LowerContext): boolean =>
  expr.kind === "field" && lowerRead(expr.field.read, expr.type, facts) !== undefined;

function sourceOf(expr: TExpr, context: LowerContext): Capture["source"] {
  return expr.type.kind === "bool" &&
    expr.kind !== "field" &&
    expr.kind !== "raw" &&
    expr.kind !== "past" &&
    expr.kind !== "pcap"
    ? { shape: "presence", expr }
    : lower(expr, context);
}

/** Calls `need` for everything an expression is made of that the kernel must capture. */
function leaves(expr: TExpr, need: Need): void {
  switch (expr.kind) {
    case "const":
      return;
    case "field":
      if (expr.expansion) return need(expr.field.name, expr, expr.type);
      return fieldLeaves(expr.field, expr, need);
    case "raw":
      return need(expr.text, expr, expr.type);
    case "payload":
      return need(`payload(${expr.size})`, expr, expr.type);
    case "pcap":
      return need(pcapKey(expr), expr, bool);
    case "arg":
      return need(`arg(${expr.index})`, expr, expr.type);
    case "dump":
      return need(`dump(${expr.text})`, expr, expr.type);
    case "past":
    case "format":
      return need(`${expr.how}@${expr.span.start}`, expr, expr.type);
    case "present":
      return need(presenceKey(expr), expr, bool);
    case "not":
    case "negate":
      return leaves(expr.operand, need);
    case "in":
    case "match":
    case "has":
      return leaves(expr.value, need);
    case "call":
      for (const arg of expr.args) leaves(arg, need);
      return;
    default:
      leaves(expr.left, need);
      leaves(expr.right, need);
  }
}

function fieldLeaves(field: Field, expr: TExpr, need: Need): void {
  if (IN_HEAD.has(field.name)) return;
  const { read } = field;
  for (const name of [...(field.ofTask ? ["context"] : []), ...(field.beside ?? [])]) {
    const part = findField(name)!;
    need(name, { kind: "field", field: part, type: part.type, span: expr.span }, part.type, {
      optional: true,
    });
  }
  if (read.from !== "either" && read.from !== "runtime") return need(field.name, expr, expr.type);
  const parts: Need = field.ofDrops
    ? (key, part, type) => need(key, part, type, { optional: true, ofDrops: true })
    : need;
  for (const name of read.from === "either" ? read.fields : read.needs) {
    const part = findField(name) ?? evidenceField(name)!;
    fieldLeaves(part, { kind: "field", field: part, type: part.type, span: expr.span }, parts);
  }
}

function encodingOf(source: Capture["source"], type: Type): { encoding: Encoding; size: number } {
  switch (source.shape) {
    case "presence":
      return { encoding: "uint", size: 1 };
    case "tuple":
      return { encoding: "tuple", size: TUPLE.size };
    case "stack":
      return { encoding: "stack", size: 8 + 8 * framesOf(type) };
    case "ip":
      if (type.kind === "ip" && type.version) {
        return type.version === 4 ? { encoding: "ip4", size: 4 } : { encoding: "ip6", size: 16 };
      }
      return { encoding: "ip", size: 24 };
    case "bytes": {
      const size = sizeOf(source.bytes);
      if (type.kind === "dump") return { encoding: "dump", size };
      if (isPayload(source.bytes)) return { encoding: "counted", size: Math.ceil((size + 4) / 8) * 8 };
      return { encoding: type.kind === "string" ? "chars" : "bytes", size };
    }
    case "number":
      if (type.kind === "mac") return { encoding: "mac", size: 8 };
      if (type.kind === "bool") return { encoding: "uint", size: 1 };
      if (type.kind !== "int") return { encoding: "uint", size: 8 };
      return { encoding: type.signed ? "sint" : "uint", size: type.bits / 8 };
  }
}

const framesOf = (type: Type): number => (type.kind === "stack" && type.frames) || STACK_FRAMES;

const isPayload = (bytes: Bytes): boolean => bytes.op === "payload";

function sizeOf(bytes: Bytes): number {
  if (bytes.op === "guard") return sizeOf(bytes.bytes);
  if (bytes.op === "first") return Math.max(...bytes.of.map(sizeOf));
  return bytes.size;
}
