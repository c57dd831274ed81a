/**
 * What a path ends in: how the value is loaded, and what it means, as far as its C type tells.
 */
import type { Btf, BtfType } from "./btf.ts";
import { cName } from "./c-name.ts";
import type { PathValue, ResolvedPath } from "./resolved-path.ts";

/** A value in memory: `bits` from the last pointer, of a type. */
export interface ValuePlace {
  readonly kind: "value";
  readonly btf: Btf;
  readonly type: number;
  readonly bits: number;
  /** Width of a bitfield, else 0. */
  readonly bitSize: number;
  /** End of the struct the value is in, in bytes from the last pointer: loads stay below it. */
  readonly limit: number;
}

type Reading = Pick<ResolvedPath, "offset" | "value">;

/** Deeper than any nesting in a kernel: a type that contains itself, in a corrupt file. */
const MAX_NESTING = 16;

/** A union of views of the same few bytes is shown as these bytes; nothing that large is an address. */
const MAX_PLAIN_BYTES = 64;

/** Undefined if the value cannot be printed. `whole`: any type with a size can, as bytes. */
export function readPlace(place: ValuePlace, whole: boolean): Reading | undefined {
  if (place.bitSize > 0) return readBitfield(place);
  const offset = place.bits / 8;
  const value = describeValue(place.btf, place.type, 0);
  // The name of the type that was asked for says more than that of its only member.
  if (value) return { offset, value: value.kind === "bytes" ? bytes(place.btf, place.type) : value };
  return whole && sizeOf(place.btf, place.type) > 0
    ? { offset, value: bytes(place.btf, place.type) }
    : undefined;
}

/** What a value of that type is; undefined if it has members of its own, or none. */
export function describeValue(btf: Btf, id: number, depth: number): PathValue | undefined {
  const type = btf.resolve(id);
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return isWord(type.size) ? scalar(btf, id, type, type.size) : bytes(btf, id);
    case "ptr":
      return { kind: "pointer", target: pointerTarget(btf, type.type) };
    case "float":
      return bytes(btf, id);
    case "array":
      return arrayValue(btf, id, type);
    case "struct":
    case "union": {
      // atomic_t, kuid_t, struct in_addr, possible_net_t: a wrapping that C's type checker needed.
      const [only, ...others] = type.members;
      const wraps = only && others.length === 0 && only.bitSize === 0 && sizeOf(btf, only.type) === type.size;
      if (wraps && depth < MAX_NESTING) return describeValue(btf, only.type, depth + 1);
      const plain = type.kind === "union" && type.size <= MAX_PLAIN_BYTES && isPlain(btf, id, 0);
      return plain ? bytes(btf, id) : undefined;
    }
    default:
      return undefined;
  }
}

function arrayValue(btf: Btf, id: number, array: BtfType): PathValue | undefined {
  if (array.count === 0) return undefined;
  const element = btf.resolve(array.type);
  if (element.kind === "int" && element.name === "char") return { kind: "chars", size: array.count };
  return isPlain(btf, array.type, 0) && element.kind !== "struct" ? bytes(btf, id) : undefined;
}

const bytes = (btf: Btf, id: number): PathValue => ({
  kind: "bytes",
  size: sizeOf(btf, id),
  typeName: cName(btf, id),
});

const isWord = (size: number): size is 1 | 2 | 4 | 8 => size === 1 || size === 2 || size === 4 || size === 8;

/** Without qualifiers: `char` for `const char *`; functions have no C name without parameters. */
function pointerTarget(btf: Btf, id: number): string {
  let type = btf.type(id);
  for (let steps = 0; QUALIFIERS.has(type.kind) && steps < MAX_NESTING; steps++) type = btf.type(type.type);
  return cName(btf, type.id);
}
const QUALIFIERS = new Set(["const", "volatile", "restrict", "type_tag"]);

/** Typedefs by which the kernel marks network byte order (include/uapi/linux/types.h). */
const BIG_ENDIAN = new Set(["__be16", "__be32", "__be64", "__sum16"]);

function scalar(btf: Btf, id: number, type: BtfType, size: 1 | 2 | 4 | 8): PathValue & { kind: "scalar" } {
  const typedefs = typedefNames(btf, id);
  const isEnum = type.kind !== "int";
  const enumName = isEnum ? type.name || typedefs[0] : undefined;
  return {
    kind: "scalar",
    size,
    signed: type.signed,
    ...(enumName ? { enumName } : {}),
    ...(isEnum ? { enumValues: new Map(type.values.map(({ name, value }) => [name, value])) } : {}),
    ...(type.encoding === "bool" ? { bool: true } : {}),
    ...(typedefs.some((name) => BIG_ENDIAN.has(name)) ? { bigEndian: true } : {}),
  };
}

function typedefNames(btf: Btf, id: number): string[] {
  const names: string[] = [];
  const end = btf.resolve(id).id;
  for (let type = btf.type(id); type.id !== end; type = btf.type(type.type)) {
    if (type.kind === "typedef") names.push(type.name);
  }
  return names;
}

function readBitfield(place: ValuePlace): Reading | undefined {
  const type = place.btf.resolve(place.type);
  const load = bitfieldLoad(place.bits, place.bitSize, place.limit);
  if (!load || (type.kind !== "int" && type.kind !== "enum" && type.kind !== "enum64")) return undefined;
  const { offset, size, shift } = load;
  const value = scalar(place.btf, place.type, type, size);
  const fillsWord = shift === 0 && place.bitSize === size * 8;
  return { offset, value: fillsWord ? value : { ...value, bits: { shift, width: place.bitSize } } };
}

/**
 * The smallest load that covers bits [`bit`, `bit` + `width`): aligned if one of that size can be, otherwise from the
 * field's first byte, or as far before it as keeps the load within `limit` bytes. Undefined if there is none.
 */
export function bitfieldLoad(
  bit: number,
  width: number,
  limit: number,
): { readonly offset: number; readonly size: 1 | 2 | 4 | 8; readonly shift: number } | undefined {
  const first = Math.floor(bit / 8);
  const end = Math.ceil((bit + width) / 8);
  for (const size of [1, 2, 4, 8] as const) {
    for (const offset of [first - (first % size), first, limit - size]) {
      if (offset >= 0 && offset <= first && offset + size >= end && offset + size <= limit) {
        return { offset, size, shift: bit - offset * 8 };
      }
    }
  }
  return undefined;
}

/** Bytes of a value of the type; 0 for void, functions, flexible arrays and structs known by name only. */
export function sizeOf(btf: Btf, id: number, depth = 0): number {
  const type = btf.resolve(id);
  if (type.kind === "ptr") return 8;
  if (type.kind !== "array") return type.size;
  return depth < MAX_NESTING ? type.count * sizeOf(btf, type.type, depth + 1) : 0;
}

/** Whether there are only numbers in it, no pointers. */
function isPlain(btf: Btf, id: number, depth: number): boolean {
  const type = btf.resolve(id);
  if (type.kind === "int" || type.kind === "enum" || type.kind === "enum64") return true;
  if (depth >= MAX_NESTING) return false;
  if (type.kind === "array") return isPlain(btf, type.type, depth + 1);
  const members = type.kind === "struct" || type.kind === "union" ? type.members : [];
  return members.length > 0 && members.every((member) => isPlain(btf, member.type, depth + 1));
}
