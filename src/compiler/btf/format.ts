/**
 * The BTF file format (Documentation/bpf/btf.rst, include/uapi/linux/btf.h): header, type records, strings.
 * Nothing is decoded here.
 */
import type { BtfKind } from "./btf.ts";
import type { BtfPasses, BtfRecords } from "./passes.ts";

/** The bytes are not BTF, or not whole. */
export class BtfFormatError extends Error {
  override readonly name = "BtfFormatError";
}

const MAGIC = 0xeb9f;
const MAGIC_SWAPPED = 0x9feb;
const HEADER_BYTES = 24;
export const RECORD_WORDS = 3;

/** Kinds by number, each with the 32-bit words that follow its record: so many, and so many more per `vlen`. */
const KINDS: readonly (readonly [kind: BtfKind, fixed: number, perElement: number])[] = [
  ["void", 0, 0],
  ["int", 1, 0],
  ["ptr", 0, 0],
  ["array", 3, 0],
  ["struct", 0, 3],
  ["union", 0, 3],
  ["enum", 0, 2],
  ["fwd", 0, 0],
  ["typedef", 0, 0],
  ["volatile", 0, 0],
  ["const", 0, 0],
  ["restrict", 0, 0],
  ["func", 0, 0],
  ["func_proto", 0, 2],
  ["var", 1, 0],
  ["datasec", 0, 3],
  ["float", 0, 0],
  ["decl_tag", 1, 0],
  ["type_tag", 0, 0],
  ["enum64", 0, 3],
];

export const KIND_NAMES: readonly BtfKind[] = KINDS.map(([kind]) => kind);
export const FIXED_WORDS = Uint8Array.from(KINDS, ([, fixed]) => fixed);
export const ELEMENT_WORDS = Uint8Array.from(KINDS, ([, , perElement]) => perElement);
export const KIND_NUMBER = Object.fromEntries(KIND_NAMES.map((kind, number) => [kind, number])) as Readonly<
  Record<BtfKind, number>
>;

const MODIFIER_BITS = (["typedef", "const", "volatile", "restrict", "type_tag"] as const).reduce(
  (bits, kind) => bits | (1 << KIND_NUMBER[kind]),
  0,
);
/** A kind that names or qualifies another type and leaves its values as they are. */
export const isModifier = (kind: number): boolean => (MODIFIER_BITS & (1 << kind)) !== 0;

/** A BTF file taken apart as far as one pass can: record `i` is type `firstId + i`. */
export interface BtfImage extends BtfRecords {
  /** How many types there are of each kind number. */
  readonly counts: Uint32Array;
  readonly strings: Uint8Array;
}

/** `info` of a record: bits 0-23 vlen (16 of them before Linux 7.1), 24-30 kind, 31 kind_flag. */
export const vlenOf = (info: number): number => info & 0xffffff;
export const kindOf = (info: number): number => (info >>> 24) & 0x7f;
export const kindFlagOf = (info: number): boolean => info >>> 31 === 1;

/** Throws BtfFormatError. `name` is for its message. */
export function readImage(bytes: Uint8Array, name: string, passes: BtfPasses): BtfImage {
  const fail = (problem: string): never => {
    throw new BtfFormatError(`BTF of ${name}: ${problem}`);
  };
  if (bytes.length < HEADER_BYTES) fail(`${bytes.length} bytes are too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint16(0, true);
  if (magic === MAGIC_SWAPPED) fail("it is big-endian; only little-endian kernels are supported");
  if (magic !== MAGIC) fail(`it starts with 0x${magic.toString(16).padStart(4, "0")}, not with BTF's 0xeb9f`);
  const version = view.getUint8(2);
  if (version !== 1) fail(`version ${version} is unknown`);

  const headerBytes = view.getUint32(4, true);
  const section = (at: number, what: string): Uint8Array => {
    const start = headerBytes + view.getUint32(at, true);
    const end = start + view.getUint32(at + 4, true);
    if (headerBytes < HEADER_BYTES || end > bytes.length) {
      fail(`the ${what} end at byte ${end}, the file at ${bytes.length}`);
    }
    return bytes.subarray(start, end);
  };
  const types = section(8, "types");
  const strings = section(16, "strings");
  if (types.length % 4 !== 0) fail(`the types take ${types.length} bytes, which is not a multiple of 4`);
  if (strings.length > 0 && strings.at(-1) !== 0) fail("the last string has no end");

  const words = aligned(types);
  const most = Math.floor(words.length / RECORD_WORDS);
  const records = new Uint32Array(most);
  const kinds = new Uint8Array(most);
  const counts = new Uint32Array(KINDS.length);
  const count = passes.indexRecords(words, records, kinds, counts);
  const end = count === 0 ? 0 : endOf(words, records[count - 1]!);
  if (end + RECORD_WORDS <= words.length)
    fail(`type ${count + 1} is of unknown kind ${kindOf(words[end + 1]!)}`);
  if (end !== words.length) fail(`type ${count} does not end with the types`);
  return { words, records: records.subarray(0, count), kinds: kinds.subarray(0, count), counts, strings };
}

function endOf(words: Uint32Array, record: number): number {
  const info = words[record + 1]!;
  const kind = kindOf(info);
  return record + RECORD_WORDS + FIXED_WORDS[kind]! + ELEMENT_WORDS[kind]! * vlenOf(info);
}

/** Typed arrays of words must start at a multiple of four; a file read into a pooled buffer may not. */
function aligned(bytes: Uint8Array): Uint32Array {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength / 4);
}
