/** Makes a value of one record of a BTF file. */
import type { BtfMember, BtfType } from "./btf.ts";
import { BtfFormatError, KIND_NAMES, kindFlagOf, kindOf, vlenOf } from "./format.ts";
import type { LoadedBtf } from "./reader.ts";

/** Modifier chains in a kernel are a handful long; more is a loop in a corrupt file. */
export const MAX_CHAIN = 64;

const NONE: readonly never[] = [];

export const VOID: BtfType = blank(0, "void", "");

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function blank(id: number, kind: BtfType["kind"], name: string): Mutable<BtfType> {
  return {
    id,
    kind,
    name,
    size: 0,
    type: 0,
    members: NONE,
    params: NONE,
    values: NONE,
    count: 0,
    signed: false,
  };
}

/** `id` is one of this file's own. Throws BtfFormatError if it refers to a name or a type that does not exist. */
export function decodeType(btf: LoadedBtf, id: number): BtfType {
  const { words, records } = btf.image;
  const at = records[id - btf.firstId]!;
  const info = words[at + 1]!;
  const sizeOrType = words[at + 2]!;
  const extra = at + 3;
  const flag = kindFlagOf(info);
  const type = blank(id, KIND_NAMES[kindOf(info)]!, nameOf(btf, id, words[at]!));
  const elements = <T>(size: number, element: (at: number) => T): T[] =>
    Array.from({ length: vlenOf(info) }, (_, i) => element(extra + i * size));

  switch (type.kind) {
    case "int":
      type.size = sizeOrType;
      setEncoding(type, words[extra]!);
      break;
    case "array":
      type.type = reference(btf, id, words[extra]!);
      type.count = words[extra + 2]!;
      break;
    case "struct":
    case "union":
      type.size = sizeOrType;
      type.members = elements(3, (at) => member(btf, id, at, flag));
      break;
    case "enum":
    case "enum64": {
      const wide = type.kind === "enum64";
      type.size = sizeOrType;
      type.signed = flag;
      type.values = elements(wide ? 3 : 2, (at) => ({
        name: nameOf(btf, id, words[at]!),
        value: enumerator(words[at + 1]!, wide ? words[at + 2]! : undefined, flag),
      }));
      break;
    }
    case "func_proto":
      type.type = reference(btf, id, sizeOrType);
      type.params = elements(2, (at) => ({
        name: nameOf(btf, id, words[at]!),
        type: reference(btf, id, words[at + 1]!),
      }));
      break;
    case "float":
    case "datasec":
      type.size = sizeOrType;
      break;
    case "void":
    case "fwd":
      break;
    default:
      type.type = reference(btf, id, sizeOrType);
  }
  return type;
}

/** The word of an int: bits 0-7 width, 16-23 offset, 24-27 signed, char, bool. */
function setEncoding(type: Mutable<BtfType>, word: number): void {
  const bits = (word >>> 24) & 0xf;
  type.signed = (bits & 1) !== 0;
  if (bits & 2) type.encoding = "char";
  if (bits & 4) type.encoding = "bool";
}

/** kind_flag says that an enum is signed. */
function enumerator(low: number, high: number | undefined, signed: boolean): bigint {
  if (high === undefined) return BigInt(signed ? low | 0 : low);
  const value = (BigInt(high) << 32n) | BigInt(low);
  return signed ? BigInt.asIntN(64, value) : value;
}

/** kind_flag set: the offset's top byte is the bitfield's width. Clear: the width is in the int type. */
function member(btf: LoadedBtf, id: number, at: number, flag: boolean): BtfMember {
  const { words } = btf.image;
  const name = nameOf(btf, id, words[at]!);
  const type = reference(btf, id, words[at + 1]!);
  const offset = words[at + 2]!;
  if (flag) return { name, type, bitOffset: offset & 0xffffff, bitSize: offset >>> 24 };
  const bits = partialInt(btf, type);
  return { name, type, bitOffset: offset + (bits?.offset ?? 0), bitSize: bits?.size ?? 0 };
}

/**
 * Place and width of an int that does not fill its bytes: so compilers described bitfields before kind_flag.
 * Looks at records, because a struct that is being decoded may contain a pointer to itself.
 */
function partialInt(
  btf: LoadedBtf,
  id: number,
): { readonly offset: number; readonly size: number } | undefined {
  const behind = btf.behindModifiers(id);
  if (KIND_NAMES[btf.rawKind(behind)] !== "int") return undefined;
  const word = btf.rawWord(behind, 3);
  const [offset, size] = [(word >>> 16) & 0xff, word & 0xff];
  return offset !== 0 || size !== btf.rawWord(behind, 2) * 8 ? { offset, size } : undefined;
}

const nameOf = (btf: LoadedBtf, id: number, offset: number): string =>
  btf.strings.text(offset) ?? failed(btf, id, `has its name at ${offset}, past the strings`);

const reference = (btf: LoadedBtf, id: number, to: number): number =>
  to < btf.endId ? to : failed(btf, id, `refers to type ${to}; the last one is ${btf.endId - 1}`);

export function failed(btf: LoadedBtf, id: number, problem: string): never {
  throw new BtfFormatError(`BTF of ${btf.name}: type ${id} ${problem}`);
}
