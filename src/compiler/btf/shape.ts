/** What a whole structure is made of, for printing all of it from its bytes. */
import type { Btf, BtfType } from "./btf.ts";
import { describeValue, sizeOf } from "./path-value.ts";
import type { PathValue } from "./resolved-path.ts";
import { namedMembers } from "./struct.ts";

export type Shape =
  | Extract<PathValue, { kind: "scalar" | "pointer" | "chars" }>
  /** Of no kind below, or of bytes only. */
  | { readonly kind: "bytes"; readonly size: number }
  | { readonly kind: "struct"; readonly members: readonly ShapeMember[] }
  | {
      readonly kind: "array";
      readonly count: number;
      /** Bytes from one element to the next. */
      readonly stride: number;
      readonly element: Shape;
      /** Member of the same structure that says how many elements are in use; the rest is left over from before. */
      readonly used?: string;
    };

export interface ShapeMember {
  readonly name: string;
  /** From the structure's start. */
  readonly bit: number;
  /** Of a bitfield its width, else 0. */
  readonly bits: number;
  readonly shape: Shape;
}

/** Deeper than any nesting in a kernel: a structure that contains itself, in a corrupt file. */
const MAX_NESTING = 16;

/** Arrays of which only a beginning is in use, by structure and member. */
const COUNTED: Readonly<Record<string, string>> = { "skb_shared_info.frags": "nr_frags" };

/** The shape of any type with a size; members of anonymous structs and unions as if they were its own. */
export function shapeOf(btf: Btf, id: number, depth = 0): Shape {
  const type = btf.resolve(id);
  const value = describeValue(btf, id, 0);
  if (value && value.kind !== "bytes") return value;
  if (depth < MAX_NESTING) {
    if (type.kind === "struct" || type.kind === "union") return structShape(btf, type, depth);
    if (type.kind === "array" && !isBytes(btf, type)) {
      const stride = sizeOf(btf, type.type);
      return { kind: "array", count: type.count, stride, element: shapeOf(btf, type.type, depth + 1) };
    }
  }
  return { kind: "bytes", size: sizeOf(btf, id) };
}

function structShape(btf: Btf, struct: BtfType, depth: number): Shape {
  const members: ShapeMember[] = [];
  for (const { member, bitOffset } of namedMembers(btf, struct)) {
    // Flexible arrays and markers (`headers_start[0]`) take no room.
    if (member.bitSize === 0 && sizeOf(btf, member.type) === 0) continue;
    const shape = shapeOf(btf, member.type, depth + 1);
    const used = COUNTED[`${struct.name}.${member.name}`];
    members.push({
      name: member.name,
      bit: bitOffset,
      bits: member.bitSize,
      shape: shape.kind === "array" && used !== undefined ? { ...shape, used } : shape,
    });
  }
  return { kind: "struct", members };
}

const isBytes = (btf: Btf, array: BtfType): boolean => sizeOf(btf, array.type) === 1;
