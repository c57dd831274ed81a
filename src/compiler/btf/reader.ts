/**
 * Reads BTF lazily: one pass over the records, then a type is decoded when it is asked for and kept.
 * A kernel has well over 100,000 types, and a query needs some dozens of them.
 */
import type {
  Btf,
  BtfFunction,
  BtfKind,
  BtfType,
  LeftOutFunction,
  SkbFunction,
  SkbTracepoint,
} from "./btf.ts";
import { decodeType, failed, MAX_CHAIN, VOID } from "./decode.ts";
import { BtfFormatError, type BtfImage, isModifier, KIND_NUMBER, readImage } from "./format.ts";
import { type BtfPasses, SCRIPT_PASSES } from "./passes.ts";
import { classifyArguments, type SkbArguments } from "./skb-arguments.ts";
import { findSkbFunctions, findSkbTracepoints, type SkbFunctions } from "./skb-functions.ts";
import { BtfStrings } from "./strings.ts";

export { BtfFormatError };

/**
 * Reads the bytes of `/sys/kernel/btf/NAME`. A module's BTF is split: give the kernel's as `base`.
 * Throws BtfFormatError if the bytes are not whole, little-endian BTF; what only decoding can find throws it later.
 */
export function readBtf(
  bytes: Uint8Array,
  name: string,
  base?: LoadedBtf,
  passes: BtfPasses = base?.passes ?? SCRIPT_PASSES,
): LoadedBtf {
  return new LoadedBtf(readImage(bytes, name, passes), name, passes, base);
}

export class LoadedBtf implements Btf {
  readonly name: string;
  readonly firstId: number;
  readonly endId: number;
  readonly image: BtfImage;
  readonly strings: BtfStrings;
  readonly passes: BtfPasses;
  readonly #base: LoadedBtf | undefined;
  readonly #decoded = new Map<number, BtfType>();
  readonly #found = new Map<string, BtfType | undefined>();
  readonly #skbFunctions = new Map<number, SkbFunctions>();
  #skbArguments: SkbArguments | undefined;
  #skbTracepoints: readonly SkbTracepoint[] | undefined;

  constructor(image: BtfImage, name: string, passes: BtfPasses, base?: LoadedBtf) {
    this.image = image;
    this.name = name;
    this.passes = passes;
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
      type = decodeType(this, id);
      this.#decoded.set(id, type);
    }
    return type;
  }

  find(kind: BtfKind, name: string): BtfType | undefined {
    const inBase = this.#base?.find(kind, name);
    if (inBase) return inBase;
    const key = `${kind} ${name}`;
    if (!this.#found.has(key)) {
      const record = name === "" ? -1 : this.#next(kind, name, 0);
      this.#found.set(key, record < 0 ? undefined : this.type(this.firstId + record));
    }
    return this.#found.get(key);
  }

  resolve(id: number): BtfType {
    let type = this.type(id);
    for (let steps = 0; isModifier(KIND_NUMBER[type.kind]); steps++) {
      if (steps > MAX_CHAIN) failed(this, id, "is a typedef of itself");
      type = this.type(type.type);
    }
    return type;
  }

  functions(): readonly BtfFunction[] {
    const { words, records, kinds } = this.image;
    const found: BtfFunction[] = [];
    for (let record = 0; record < records.length; record++) {
      if (kinds[record] !== KIND_NUMBER.func) continue;
      const at = records[record]!;
      found.push({ name: this.strings.text(words[at]!) ?? "", prototype: words[at + 2]! });
    }
    return found;
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
    const { words, records, kinds } = this.image;
    const names = new Set<string>();
    for (let record = 0; record < records.length; record++) {
      const nameOffset = words[records[record]!]!;
      if (kinds[record] !== KIND_NUMBER[kind] || !this.strings.startsWith(nameOffset, prefix)) continue;
      const name = this.strings.text(nameOffset);
      if (name) names.add(name);
    }
    return [...names];
  }

  /** Ids of this file's own types of that kind and name, in order. */
  ownNamed(kind: BtfKind, name: string): readonly number[] {
    const found: number[] = [];
    if (name === "") return found;
    for (let record = this.#next(kind, name, 0); record >= 0; record = this.#next(kind, name, record + 1))
      found.push(this.firstId + record);
    return found;
  }

  #next(kind: BtfKind, name: string, from: number): number {
    const { base, own } = this.strings;
    return this.passes.findNamed(this.image, KIND_NUMBER[kind], base, own, name, from);
  }

  /** The kind number of a type, undecoded; 0 (void) for an id that does not exist. */
  rawKind(id: number): number {
    if (id < this.firstId) return this.#base?.rawKind(id) ?? 0;
    return this.image.kinds[id - this.firstId] ?? 0;
  }

  /** A word of the record of a type that is not void: 0 its name's offset, 2 its size or the type it refers to. */
  rawWord(id: number, word: number): number {
    if (id < this.firstId) return this.#base?.rawWord(id, word) ?? 0;
    return this.image.words[this.image.records[id - this.firstId]! + word]!;
  }

  /** The type behind typedefs and qualifiers, undecoded; void if they never end. */
  behindModifiers(id: number): number {
    let behind = id;
    for (let steps = 0; isModifier(this.rawKind(behind)); steps++) {
      if (steps > MAX_CHAIN) return 0;
      behind = this.rawWord(behind, 2);
    }
    return behind;
  }

  /** How each type is passed as an argument, and where each prototype has its skb. */
  get skbArguments(): SkbArguments {
    this.#skbArguments ??= classifyArguments(this, this.#base?.skbArguments);
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
}
