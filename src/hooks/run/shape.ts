import type { Shape } from "../guest/inspect.ts";
import { parsed } from "./said.ts";

/** A shape as it comes out of the sandbox; nothing if it has not the form of one. */
export function readShape(value: unknown): Shape {
  if (typeof value !== "object" || value === null) return NOTHING;
  const { kind, text, columns, rows, lines, bytes, total, cut } = value as Record<string, unknown>;
  const count = typeof total === "number" && Number.isInteger(total) ? total : 0;
  switch (kind) {
    case "text":
      return typeof text === "string" ? { kind, text } : NOTHING;
    case "table":
      return list(columns, isText) && list(rows, isRow(columns.length))
        ? { kind, columns, rows, total: Math.max(count, rows.length) }
        : NOTHING;
    case "tree":
      return list(lines, isLine) ? { kind, lines, cut: cut === true } : NOTHING;
    case "bytes":
      return list(bytes, isByte) ? { kind, bytes, total: Math.max(count, bytes.length) } : NOTHING;
    default:
      return NOTHING;
  }
}

const NOTHING: Shape = { kind: "nothing" };

/** `[said, shape]` */
export function readDescription(text: string): readonly [said: unknown, shape: Shape] {
  const answer = parsed(text);
  return Array.isArray(answer) ? [answer[0], readShape(answer[1])] : [[], NOTHING];
}

type Cell = string | number | null;

const list = <T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(isItem);
const isText = (value: unknown): value is string => typeof value === "string";
const isCell = (value: unknown): value is Cell =>
  value === null || typeof value === "string" || typeof value === "number";
const isByte = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256;
const isRow =
  (width: number) =>
  (value: unknown): value is readonly Cell[] =>
    list(value, isCell) && value.length === width;
/** Deeper ones would be set beyond any screen. */
const DEEPEST = 32;
const isLine = (value: unknown): value is readonly [number, string] =>
  Array.isArray(value) && value.length === 2 && isByte(value[0]) && value[0] <= DEEPEST && isText(value[1]);
