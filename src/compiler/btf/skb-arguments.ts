/**
 * Which functions and tracepoints take a packet, and in which argument register it comes.
 * Tens of thousands of prototypes are looked at when a trace starts, so this works on the records without making
 * objects of them, and decodes only what it finds.
 */
import type { LeftOutFunction, SkbFunction, SkbTracepoint } from "./btf.ts";
import { isModifier, KIND_NUMBER, kindOf, vlenOf } from "./format.ts";
import type { LoadedBtf } from "./reader.ts";

export interface SkbFunctions {
  readonly reachable: readonly SkbFunction[];
  readonly leftOut: readonly LeftOutFunction[];
}

/** `registers`: how many arguments the calling convention passes in registers (x86-64: 6, arm64: 8). */
export function findSkbFunctions(btf: LoadedBtf, registers: number): SkbFunctions {
  const { words, records, byKind } = btf.image;
  const functions = byKind[KIND_NUMBER.func]!;
  const byName = new Map<string, SkbFunction>();
  const leftOut = new Map<string, LeftOutFunction>();

  for (let i = 0; i < functions.length; i++) {
    const record = functions[i]!;
    const at = records[record]!;
    const prototype = words[at + 2]!;
    const place = btf.skbArguments.place(prototype);
    if (place === PLACE.none) continue;

    const name = btf.strings.text(words[at]!) ?? "";
    const position = place - PLACE.first;
    if (place === PLACE.behindStruct || position >= registers) {
      const reason =
        place === PLACE.behindStruct
          ? "a struct passed by value comes before the skb"
          : "the skb is passed on the stack";
      leftOut.set(name, { name, reason });
      continue;
    }
    const other = byName.get(name);
    if (!other) {
      const { params } = btf.type(prototype);
      byName.set(name, { name, btfId: btf.firstId + record, position, params });
    } else if (other.position !== position) {
      leftOut.set(name, { name, reason: "functions of this name take the skb in different arguments" });
    }
  }
  return {
    reachable: [...byName.values()].filter(({ name }) => !leftOut.has(name)),
    leftOut: [...leftOut.values()],
  };
}

const TRACEPOINT_PREFIX = "btf_trace_";

/**
 * `include/trace/bpf_probe.h` makes a typedef `btf_trace_NAME` of each tracepoint's prototype. Its first parameter is
 * the tracepoint's private data, which is not among the arguments a program sees.
 */
export function findSkbTracepoints(btf: LoadedBtf): readonly SkbTracepoint[] {
  const { words, records, byKind } = btf.image;
  const prefix = Buffer.from(TRACEPOINT_PREFIX);
  const tracepoints: SkbTracepoint[] = [];
  for (const record of byKind[KIND_NUMBER.typedef]!) {
    if (!btf.strings.startsWith(words[records[record]!]!, prefix)) continue;
    const typedef = btf.type(btf.firstId + record);
    const pointer = btf.resolve(typedef.id);
    const prototype = pointer.kind === "ptr" ? btf.resolve(pointer.type) : pointer;
    if (prototype.kind !== "func_proto") continue;
    const params = prototype.params.slice(1);
    const position = params.findIndex(({ type }) => btf.skbArguments.passing(type) === PASSING.skb);
    if (position < 0) continue;
    tracepoints.push({ name: typedef.name.slice(TRACEPOINT_PREFIX.length), position, params });
  }
  return tracepoints;
}

/** How an argument of a type is passed: in one register, there as a `struct sk_buff *`, or otherwise. */
const PASSING = { unknown: 0, register: 1, skb: 2, wide: 3 } as const;

/** Where a prototype has its first skb: `first` + its position, if every argument before it takes one register. */
const PLACE = { unknown: 0, none: 1, behindStruct: 2, first: 3 } as const;

const SK_BUFF = Buffer.from("sk_buff\0");

/** What `findSkbFunctions` needs to know of types and prototypes, worked out once for each. */
export class SkbArguments {
  readonly #btf: LoadedBtf;
  readonly #base: SkbArguments | undefined;
  readonly #passing: Uint8Array;
  readonly #places: Uint8Array;

  constructor(btf: LoadedBtf, base?: SkbArguments) {
    this.#btf = btf;
    this.#base = base;
    this.#passing = new Uint8Array(btf.image.records.length);
    this.#places = new Uint8Array(btf.image.records.length);
  }

  passing(id: number): number {
    const { firstId, endId, image } = this.#btf;
    if (id < firstId) return this.#base?.passing(id) ?? PASSING.register;
    if (id >= endId) return PASSING.register;
    const known = this.#passing[id - firstId]!;
    if (known !== PASSING.unknown) return known;

    const { words, records } = image;
    const at = records[id - firstId]!;
    const kind = kindOf(words[at + 1]!);
    let found: number = PASSING.register;
    if (isModifier(kind)) found = this.passing(this.#btf.behindModifiers(id));
    else if (kind === KIND_NUMBER.ptr && this.#isSkb(words[at + 2]!)) found = PASSING.skb;
    else if (kind === KIND_NUMBER.struct || kind === KIND_NUMBER.union) found = PASSING.wide;
    else if (kind === KIND_NUMBER.int && words[at + 2]! > 8) found = PASSING.wide;
    this.#passing[id - firstId] = found;
    return found;
  }

  place(prototype: number): number {
    const { firstId, endId, image } = this.#btf;
    if (prototype < firstId) return this.#base?.place(prototype) ?? PLACE.none;
    if (prototype >= endId) return PLACE.none;
    const known = this.#places[prototype - firstId]!;
    if (known !== PLACE.unknown) return known;

    const { words, records } = image;
    const at = records[prototype - firstId]!;
    const count = kindOf(words[at + 1]!) === KIND_NUMBER.func_proto ? vlenOf(words[at + 1]!) : 0;
    let found: number = PLACE.none;
    let wideBefore = false;
    for (let i = 0; i < count && found === PLACE.none; i++) {
      const passing = this.passing(words[at + 4 + 2 * i]!);
      if (passing === PASSING.skb) found = wideBefore ? PLACE.behindStruct : Math.min(PLACE.first + i, 255);
      else if (passing === PASSING.wide) wideBefore = true;
    }
    this.#places[prototype - firstId] = found;
    return found;
  }

  #isSkb(id: number): boolean {
    const behind = this.#btf.behindModifiers(id);
    const kind = this.#btf.rawKind(behind);
    if (kind !== KIND_NUMBER.struct && kind !== KIND_NUMBER.fwd) return false;
    return this.#btf.strings.equals(this.#btf.rawWord(behind, 0), SK_BUFF);
  }
}
