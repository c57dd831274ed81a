import { PAST_SLOTS } from "../layout.ts";
import type { Span } from "../source.ts";
import type { CheckedQuery, TExpr, TPast } from "../typed.ts";
import { type Bytes, type Cond, constant, type Value } from "./ir.ts";
import { surely } from "./lower.ts";
import { describe, fail, type LowerContext } from "./lower-context.ts";
import { isPoint, pointNameOf } from "./lower-points.ts";
import { there } from "./lower-ranges.ts";
import { lower } from "./lower-value.ts";
import { pastOf } from "./past-values.ts";
import { keyOf, type Node } from "./windows.ts";

/** What a query asks about earlier events of a journey: `changed(…)`, `first(…)` and the time of `from`. */
export interface Past {
  readonly values: readonly PastValue[];
  /** Which of the values each expression is about. */
  readonly indices: ReadonlyMap<TPast, number>;
  readonly stretch?: Stretch;
}

interface PastValue {
  readonly how: TPast["how"];
  /** Of the template: one number over all queries. */
  readonly slot: number;
  /** Two words at most. */
  readonly value: Remembered;
  readonly span: Span;
}

export type Remembered =
  | { readonly shape: "word"; readonly low: Value }
  | { readonly shape: "words"; readonly high: Value; readonly low: Value }
  | { readonly shape: "bytes"; readonly bytes: Bytes };

/** `from … to …`: where it begins and ends, as conditions, and where the time is kept. */
export interface Stretch {
  readonly slot: number;
  readonly from: Cond;
  readonly to: Cond;
}

/** Bytes of a value that is remembered. */
export const REMEMBERED_BYTES = 16;

/** `slot`: the first that no other query has. What cannot be remembered is an error (PWQ1262, PWQ1269). */
export function lowerPast(
  query: CheckedQuery,
  stretch: { readonly from: readonly number[]; readonly to: readonly number[] } | undefined,
  slot: number,
  index: number,
  without: Omit<LowerContext, "past">,
): Past {
  const asked = pastOf(query);
  const context: LowerContext = { ...without, past: new Map() };
  const values = new Map<string, PastValue>();
  const indices = new Map<TPast, number>();
  for (const expr of asked) {
    const value = remembered(expr.value, context);
    // Handing a value over twice would compare it with itself.
    const key = [expr.how, ...nodesOf(value).map(keyOf)].join(" ");
    if (!values.has(key))
      values.set(key, { how: expr.how, slot: slot + values.size, value, span: expr.span });
    indices.set(expr, [...values.keys()].indexOf(key));
  }
  const free = slot + values.size;
  if (free + (stretch ? 1 : 0) > PAST_SLOTS) {
    fail(
      "PWQ1269",
      `at most ${PAST_SLOTS} values can be remembered for a packet`,
      asked.at(-1) ?? query.syntax.subject,
      context,
      ["each `changed(…)`, `first(…)` and `from … to …` of the file is one"],
    );
  }
  const past = { values: [...values.values()], indices };
  if (!stretch) return past;
  const notNew: Cond = {
    op: "cmp",
    cmp: "==",
    signed: false,
    left: {
      op: "alu",
      alu: "&",
      signed: false,
      left: { op: "event", member: "fresh" },
      right: constant(1 << index),
    },
    right: constant(0),
  };
  const to: Cond = { op: "and", of: [isPoint(stretch.to), notNew] };
  return { ...past, stretch: { slot: free, from: isPoint(stretch.from), to } };
}

/** Slots of the template that a query takes. */
export const slotsOf = ({ values, stretch }: Past): number => values.length + (stretch ? 1 : 0);

/** An IPv4-mapped IPv6 address: so that addresses of both families are two words (RFC 4291, 2.5.5.2). */
const MAPPED = 0xffff_0000_0000n;

function remembered(expr: TExpr, context: LowerContext): Remembered {
  if (pointNameOf(expr) === "func") return { shape: "word", low: { op: "event", member: "point" } };
  const { kind } = expr.type;
  if (kind === "bool" && expr.kind !== "field" && expr.kind !== "raw") {
    const answer = (truth: boolean): Value => ({
      op: "guard",
      condition: surely(expr, truth, context),
      value: constant(truth ? 1 : 0),
    });
    return { shape: "word", low: { op: "first", of: [answer(true), answer(false)] } };
  }
  const lowered = lower(expr, context);
  switch (lowered.shape) {
    case "number":
      return { shape: "word", low: lowered.value };
    case "ip": {
      const { v4, v6 } = lowered;
      const mapped: Value | undefined = v4 && {
        op: "alu",
        alu: "|",
        signed: false,
        left: v4,
        right: constant(MAPPED),
      };
      const zero: Value | undefined = v4 && { op: "guard", condition: there(v4), value: constant(0) };
      const either = (one: Value | undefined, other: Value | undefined): Value =>
        one && other ? { op: "first", of: [one, other] } : (one ?? other)!;
      return { shape: "words", high: either(zero, v6?.[0]), low: either(mapped, v6?.[1]) };
    }
    case "bytes":
      if (lowered.bytes.op !== "payload" && sizeOf(lowered.bytes) <= REMEMBERED_BYTES) {
        return { shape: "bytes", bytes: lowered.bytes };
      }
      break;
    default:
      break;
  }
  return fail("PWQ1262", `\`${describe(expr)}\` is too long to be remembered`, expr, context, [
    `at most ${REMEMBERED_BYTES} bytes are: name the parts that matter, like \`changed(ip.src) or changed(ip.dst)\``,
  ]);
}

function sizeOf(bytes: Bytes): number {
  if (bytes.op === "guard") return sizeOf(bytes.bytes);
  return bytes.op === "first" ? Math.max(...bytes.of.map(sizeOf)) : bytes.size;
}

/** What is read for it. */
export const rootsOfPast = ({ values, stretch }: Past): readonly Node[] => [
  ...values.flatMap(({ value }) => nodesOf(value)),
  ...(stretch ? [stretch.to] : []),
];

function nodesOf(value: Remembered): readonly Node[] {
  if (value.shape === "bytes") return [value.bytes];
  return value.shape === "words" ? [value.high, value.low] : [value.low];
}
