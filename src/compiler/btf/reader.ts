/**
 * Reads BTF lazily: one pass over the records, then a type is decoded when it is asked for and kept.
 * A kernel has well over 100,000 types, and a query needs some dozens of them.
 */
import type { Btf, BtfKind, BtfMember, BtfType, LeftOutFunction, SkbFunction, SkbTracepoint } from "./btf.ts";
import {
  BtfFormatError,
  type BtfImage,
  KIND_NAMES,
  KIND_NUMBER,
  kindFlagOf,
  kindOf,
  readImage,
  vlenOf,
} from "./format.ts";
import { indexNames, type NameIndex } from "./name-index.ts";
import { findSkbFunctions, findSkbTracepoints, SkbArguments, type SkbFunctions } from "./skb-arguments.ts";
import { BtfStrings } from "./strings.ts";

export { BtfFormatError };

/**
 * Reads the bytes of `/sys/kernel/btf/NAME`. A module's BTF is split: give the kernel's as `base`.
 * Throws BtfFormatError if the bytes are not whole, little-endian BTF; what only decoding can find throws it later.
 */
export function readBtf(bytes: Uint8Array, name: string, base?: LoadedBtf): LoadedBtf {
  return new LoadedBtf(readImage(bytes, name), name, base);
}

/** Typedef chains in a kernel are a handful long; more is a loop in a corrupt file. */
const MAX_CHAIN = 64;
const TRANSPARENT = new Set<BtfKind>(["typedef", "const", "volatile", "restrict", "type_tag"]);
const VOID: BtfType = {
  id: 0,
  kind: "void",
  name: "",
  size: 0,
  type: 0,
  members: [],
  params: [],
  values: [],
  count: 0,
  signed: false,
};

export class LoadedBtf implements Btf {
  readonly name: string;
  readonly firstId: number;
  readonly endId: number;
  readonly image: BtfImage;
  readonly strings: BtfStrings;
  readonly #base: LoadedBtf | undefined;
  readonly #decoded = new Map<number, BtfType>();
  readonly #indexes = new Map<BtfKind, NameIndex>();
  readonly #skbFunctions = new Map<number, SkbFunctions>();
  #skbArguments: SkbArguments | undefined;
  #skbTracepoints: readonly SkbTracepoint[] | undefined;

  constructor(image: BtfImage, name: string, base?: LoadedBtf) {
    this.image = image;
    this.name = name;
    this.#base = base;
    this.firstId = base?.endId ?? 1;
    this.endId = this.firstId + image.records.length;
    this.strings = new BtfStrings(image.strings, base?.strings);
  }

  type(id: number): BtfType {
    if (id === 0) return VOID;
    if (id < this.firstId && this.#base) return this.#base.type(id);
    let type = this.#decoded.get(id);
    if (!type) {
      if (!(Number.isInteger(id) && id >= this.firstId && id < this.endId)) {
        throw new RangeError(`BTF of ${this.name} has no type ${id}: its types are 1..${this.endId - 1}`);
      }
      type = this.#decode(id);
      this.#decoded.set(id, type);
    }
    return type;
  }

  find(kind: BtfKind, name: string): BtfType | undefined {
    const inBase = this.#base?.find(kind, name);
    if (inBase) return inBase;
    let index = this.#indexes.get(kind);
    if (!index) {
      index = indexNames(this.image, KIND_NUMBER[kind], this.strings);
      this.#indexes.set(kind, index);
    }
    const record = index.find(name);
    return record < 0 ? undefined : this.type(this.firstId + record);
  }

  resolve(id: number): BtfType {
    let type = this.type(id);
    for (let steps = 0; TRANSPARENT.has(type.kind); steps++) {
      if (steps > MAX_CHAIN) this.#fail(id, "is a typedef of itself");
      type = this.type(type.type);
    }
    return type;
  }

  skbFunctions(registers = 6): readonly SkbFunction[] {
    return this.#functions(registers).reachable;
  }

  skbFunctionsLeftOut(registers = 6): readonly LeftOutFunction[] {
    return this.#functions(registers).leftOut;
  }

  skbTracepoints(): readonly SkbTracepoint[] {
    this.#skbTracepoints ??= findSkbTracepoints(this);
    return this.#skbTracepoints;
  }

  names(kind: BtfKind, prefix = ""): readonly string[] {
    const { words, records, byKind } = this.image;
    const prefixBytes = Buffer.from(prefix);
    const names = new Set<string>();
    for (const record of byKind[KIND_NUMBER[kind]]!) {
      const nameOffset = words[records[record]!]!;
      if (!this.strings.startsWith(nameOffset, prefixBytes)) continue;
      const name = this.strings.text(nameOffset);
      if (name) names.add(name);
    }
    return [...names];
  }

  /** The kind number of a type, undecoded; 0 (void) for an id that does not exist. */
  rawKind(id: number): number {
    if (id < this.firstId) return this.#base?.rawKind(id) ?? 0;
    return id < this.endId ? kindOf(this.image.words[this.image.records[id - this.firstId]! + 1]!) : 0;
  }

  /** A word of the record of a type that is not void: 0 its name's offset, 2 its size or the type it refers to. */
  rawWord(id: number, word: number): number {
    if (id < this.firstId) return this.#base?.rawWord(id, word) ?? 0;
    return this.image.words[this.image.records[id - this.firstId]! + word]!;
  }

  /** How each type is passed as an argument, and where each prototype has its skb. */
  get skbArguments(): SkbArguments {
    this.#skbArguments ??= new SkbArguments(this, this.#base?.skbArguments);
    return this.#skbArguments;
  }

  #functions(registers: number): SkbFunctions {
    let functions = this.#skbFunctions.get(registers);
    if (!functions) {
      functions = findSkbFunctions(this, registers);
      this.#skbFunctions.set(registers, functions);
    }
    return functions;
  }

  #decode(id: number): BtfType {
    const { words, records } = this.image;
    const at = records[id - this.firstId]!;
    const info = words[at + 1]!;
    const sizeOrType = words[at + 2]!;
    const extra = at + 3;
    const count = vlenOf(info);
    const flag = kindFlagOf(info);
    const kind = KIND_NAMES[kindOf(info)]!;
    const type = { ...VOID, id, kind, name: this.#name(id, words[at]!) };
    const elements = <T>(size: number, element: (at: number) => T): T[] =>
      Array.from({ length: count }, (_, i) => element(extra + i * size));

    switch (kind) {
      case "int":
        return { ...type, size: sizeOrType, ...intEncoding(words[extra]!) };
      case "array":
        return { ...type, type: this.#reference(id, words[extra]!), count: words[extra + 2]! };
      case "struct":
      case "union":
        return { ...type, size: sizeOrType, members: elements(3, (at) => this.#member(id, at, flag)) };
      case "enum":
        return {
          ...type,
          size: sizeOrType,
          signed: flag,
          values: elements(2, (at) => ({
            name: this.#name(id, words[at]!),
            value: BigInt(flag ? words[at + 1]! | 0 : words[at + 1]!),
          })),
        };
      case "enum64":
        return {
          ...type,
          size: sizeOrType,
          signed: flag,
          values: elements(3, (at) => {
            const value = (BigInt(words[at + 2]!) << 32n) | BigInt(words[at + 1]!);
            return { name: this.#name(id, words[at]!), value: flag ? BigInt.asIntN(64, value) : value };
          }),
        };
      case "func_proto":
        return {
          ...type,
          type: this.#reference(id, sizeOrType),
          params: elements(2, (at) => ({
            name: this.#name(id, words[at]!),
            type: this.#reference(id, words[at + 1]!),
          })),
        };
      case "float":
      case "datasec":
        return { ...type, size: sizeOrType };
      case "void":
      case "fwd":
        return type;
      default:
        return { ...type, type: this.#reference(id, sizeOrType) };
    }
  }

  /** kind_flag set: the offset's top byte is the bitfield's width. Clear: the width is in the int type. */
  #member(id: number, at: number, flag: boolean): BtfMember {
    const { words } = this.image;
    const name = this.#name(id, words[at]!);
    const type = this.#reference(id, words[at + 1]!);
    const offset = words[at + 2]!;
    if (flag) return { name, type, bitOffset: offset & 0xffffff, bitSize: offset >>> 24 };
    const bits = this.#intBits(type);
    return { name, type, bitOffset: offset + (bits?.offset ?? 0), bitSize: bits?.size ?? 0 };
  }

  /** Place and width of an int that does not fill its bytes, as compilers before kind_flag described bitfields. */
  #intBits(id: number): { readonly offset: number; readonly size: number } | undefined {
    // Looks at records, because a struct that is being decoded may contain a pointer to itself.
    for (let steps = 0; steps <= MAX_CHAIN; steps++) {
      const kind = KIND_NAMES[this.rawKind(id)]!;
      if (kind === "int") {
        const word = this.rawWord(id, 3);
        const [offset, size] = [(word >>> 16) & 0xff, word & 0xff];
        return offset !== 0 || size !== this.rawWord(id, 2) * 8 ? { offset, size } : undefined;
      }
      if (!TRANSPARENT.has(kind)) return undefined;
      id = this.rawWord(id, 2);
    }
    return undefined;
  }

  #name(id: number, offset: number): string {
    return this.strings.text(offset) ?? this.#fail(id, `has its name at ${offset}, past the strings`);
  }

  #reference(id: number, to: number): number {
    return to < this.endId ? to : this.#fail(id, `refers to type ${to}; the last one is ${this.endId - 1}`);
  }

  #fail(id: number, problem: string): never {
    throw new BtfFormatError(`BTF of ${this.name}: type ${id} ${problem}`);
  }
}

/** The word of an int: bits 0-7 width, 16-23 offset, 24-27 signed, char, bool. */
function intEncoding(word: number): Pick<BtfType, "signed" | "encoding"> {
  const bits = (word >>> 24) & 0xf;
  const signed = (bits & 1) !== 0;
  if (bits & 2) return { signed, encoding: "char" };
  if (bits & 4) return { signed, encoding: "bool" };
  return { signed };
}
