/** Whole structures from their bytes: as nested JSON, and as an indented block. */

import type { Shape, ShapeMember } from "../../compiler/btf/shape.ts";
import type { RegisterValue } from "../../compiler/btf/signature.ts";
import { int, pointer, type Type } from "../../compiler/types.ts";
import { formatOf, type Text } from "../format.ts";
import { charsText, hexText, printable } from "../text.ts";

/** `name` heads the block: `struct sk_buff`. */
export function dumpText(name: string, shape: Shape, bytes: Uint8Array): Text {
  const json = jsonOf(shape, bytes, 0);
  const lines = linesOf("", shape, bytes, 0, 1);
  return { raw: json, text: [`${name}:`, ...lines].join("\n"), json };
}

type Struct = Extract<Shape, { kind: "struct" }>;
type Leaf = Exclude<Shape, { kind: "struct" | "array" }>;

function jsonOf(shape: Shape, bytes: Uint8Array, at: number): string {
  if (shape.kind === "struct") {
    const members = shape.members.map(
      (member) => `${JSON.stringify(member.name)}:${memberJson(shape, member, bytes, at)}`,
    );
    return `{${members.join(",")}}`;
  }
  if (shape.kind === "array") return arrayJson(shape, shape.count, bytes, at);
  return leaf(shape, bytes, at).json;
}

function memberJson(struct: Struct, member: ShapeMember, bytes: Uint8Array, at: number): string {
  const { shape, bit } = member;
  if (member.bits > 0) return bitfield(member, bytes, at).json;
  if (shape.kind === "array") return arrayJson(shape, inUse(struct, shape, bytes, at), bytes, at + bit / 8);
  return jsonOf(shape, bytes, at + bit / 8);
}

type Array = Extract<Shape, { kind: "array" }>;

const arrayJson = ({ element, stride }: Array, count: number, bytes: Uint8Array, at: number): string =>
  `[${Array.from({ length: count }, (_, i) => jsonOf(element, bytes, at + i * stride)).join(",")}]`;

/** How many elements of an array mean something. */
function inUse(struct: Struct, { count, used }: Array, bytes: Uint8Array, at: number): number {
  const counter = struct.members.find(({ name }) => name === used);
  if (!counter) return count;
  return Math.min(count, Number(unsigned(bytes, at + counter.bit / 8, byteSize(counter.shape))));
}

const byteSize = (shape: Shape): number =>
  shape.kind === "scalar" || shape.kind === "chars" || shape.kind === "bytes" ? shape.size : 8;

const INDENT = "  ";

/** One line for each value, a level deeper for each structure. */
function linesOf(label: string, shape: Shape, bytes: Uint8Array, at: number, depth: number): string[] {
  const indent = INDENT.repeat(depth);
  const own = label === "" ? [] : [`${indent}${label}:`];
  const below = label === "" ? depth : depth + 1;
  if (shape.kind === "struct") {
    return [...own, ...shape.members.flatMap((member) => memberLines(shape, member, bytes, at, below))];
  }
  if (shape.kind === "array") return elementLines(label, shape, shape.count, bytes, at, depth);
  return [`${indent}${label}: ${leaf(shape, bytes, at).text}`];
}

function memberLines(
  struct: Struct,
  member: ShapeMember,
  bytes: Uint8Array,
  at: number,
  depth: number,
): string[] {
  const { name, shape, bit } = member;
  if (member.bits > 0) return [`${INDENT.repeat(depth)}${name}: ${bitfield(member, bytes, at).text}`];
  if (shape.kind === "array") {
    return elementLines(name, shape, inUse(struct, shape, bytes, at), bytes, at + bit / 8, depth);
  }
  return linesOf(name, shape, bytes, at + bit / 8, depth);
}

const elementLines = (
  label: string,
  { element, stride }: Array,
  count: number,
  bytes: Uint8Array,
  at: number,
  depth: number,
): string[] =>
  Array.from({ length: count }, (_, i) =>
    linesOf(`${label}[${i}]`, element, bytes, at + i * stride, depth),
  ).flat();

interface Shown {
  readonly text: string;
  readonly json: string;
}

function leaf(shape: Leaf, bytes: Uint8Array, at: number): Shown {
  switch (shape.kind) {
    case "scalar":
    case "pointer":
      return number(shape, unsigned(bytes, at, byteSize(shape)));
    case "chars":
      return text(charsOrHex(bytes, at, at + shape.size));
    case "bytes":
      return text(hexText(bytes, at, at + shape.size));
  }
}

/** Many a `char` array holds no text: `skb->cb`. Text is what is printable up to a NUL with nothing behind it. */
function charsOrHex(bytes: Uint8Array, from: number, to: number): string {
  const all = bytes.subarray(from, to);
  const end = all.indexOf(0);
  const length = end === -1 ? all.length : end;
  const isText = all.every((byte, i) => (i < length ? byte >= 0x20 && byte < 0x7f : byte === 0));
  return isText ? charsText(bytes, from, to) : hexText(bytes, from, to);
}

const text = (raw: string): Shown => ({ text: printable(raw), json: JSON.stringify(raw) });

/** The bits lie in a little-endian number that begins with the byte of the first. */
function bitfield({ bit, bits, shape }: ShapeMember, bytes: Uint8Array, at: number): Shown {
  const first = at + Math.floor(bit / 8);
  const size = Math.ceil(((bit % 8) + bits) / 8);
  const value = BigInt.asUintN(bits, unsigned(bytes, first, size) >> BigInt(bit % 8));
  const scalar = shape.kind === "scalar" ? shape : undefined;
  return shown(scalar ? typeOf(scalar) : int(64), scalar?.signed ? BigInt.asIntN(bits, value) : value);
}

function number(shape: RegisterValue, value: bigint): Shown {
  if (shape.kind === "pointer") return shown(pointer, value);
  const bits = shape.size * 8;
  const ordered = shape.bigEndian ? swap(value, shape.size) : value;
  return shown(typeOf(shape), shape.signed ? BigInt.asIntN(bits, ordered) : ordered);
}

function typeOf({
  size,
  signed,
  bool,
  enumName,
  enumValues,
}: Extract<RegisterValue, { kind: "scalar" }>): Type {
  if (bool) return { kind: "bool" };
  const names = enumValues && { names: { name: enumName ?? "enum", values: enumValues } };
  return int((size * 8) as 8 | 16 | 32 | 64, { signed, ...names });
}

function shown(type: Type, value: bigint): Shown {
  const { text, json } = formatOf(type);
  const plain =
    type.kind === "bool" ? value !== 0n : Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return { text: text(plain), json: json(plain) };
}

function unsigned(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function swap(value: bigint, size: number): bigint {
  let swapped = 0n;
  for (let i = 0; i < size; i++) swapped = (swapped << 8n) | ((value >> BigInt(8 * i)) & 0xffn);
  return swapped;
}
