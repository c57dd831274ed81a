/**
 * Which functions and tracepoints take a packet, and in which argument register it comes.
 * Tens of thousands of prototypes are looked at, so this works on the records and decodes only what it finds.
 */
import type { LeftOutFunction, SkbFunction, SkbTracepoint } from "./btf.ts";
import { KIND_NUMBER, kindOf, vlenOf } from "./format.ts";
import type { LoadedBtf } from "./reader.ts";

export interface SkbFunctions {
  readonly reachable: readonly SkbFunction[];
  readonly leftOut: readonly LeftOutFunction[];
}

/** Where the skb of a prototype is; a negative number says why it is out of reach. */
const NONE = -1;
const BEHIND_STRUCT = -2;
const ON_STACK = -3;

const REASON = {
  [BEHIND_STRUCT]: "a struct passed by value comes before the skb",
  [ON_STACK]: "the skb is passed on the stack",
} as const;

/** `registers`: how many arguments the calling convention passes in registers (x86-64: 6, arm64: 8). */
export function findSkbFunctions(btf: LoadedBtf, registers: number): SkbFunctions {
  const { words, records } = btf.image;
  const places = new Map<number, number>();
  const byName = new Map<string, SkbFunction>();
  const leftOut = new Map<string, LeftOutFunction>();

  for (let record = 0; record < records.length; record++) {
    const at = records[record]!;
    if (kindOf(words[at + 1]!) !== KIND_NUMBER.func) continue;
    const prototype = words[at + 2]!;
    let place = places.get(prototype);
    if (place === undefined) {
      place = skbPlace(btf, prototype, registers);
      places.set(prototype, place);
    }
    if (place === NONE) continue;

    const { id: btfId, name } = btf.type(btf.firstId + record);
    if (place === BEHIND_STRUCT || place === ON_STACK) {
      leftOut.set(name, { name, reason: REASON[place] });
      continue;
    }
    const other = byName.get(name);
    if (other && other.position !== place) {
      leftOut.set(name, { name, reason: "functions of this name take the skb in different arguments" });
    }
    if (!other) byName.set(name, { name, btfId, position: place, params: btf.type(prototype).params });
  }
  return {
    reachable: [...byName.values()].filter(({ name }) => !leftOut.has(name)),
    leftOut: [...leftOut.values()],
  };
}

function skbPlace(btf: LoadedBtf, prototype: number, registers: number): number {
  const record = btf.record(prototype);
  if (!record || kindOf(record.words[record.at + 1]!) !== KIND_NUMBER.func_proto) return NONE;
  const { words, at } = record;
  const count = vlenOf(words[at + 1]!);
  let byValue = false;
  for (let i = 0; i < count; i++) {
    const argument = btf.argumentClasses.of(words[at + 4 + 2 * i]!);
    if (argument === ARGUMENT.skb) {
      if (byValue) return BEHIND_STRUCT;
      return i < registers ? i : ON_STACK;
    }
    byValue ||= argument === ARGUMENT.wide;
  }
  return NONE;
}

/** How an argument of a type is passed: in one register, as a `struct sk_buff *`, or otherwise. */
export const ARGUMENT = { unknown: 0, register: 1, skb: 2, wide: 3 } as const;
type Argument = (typeof ARGUMENT)[keyof typeof ARGUMENT];

const MODIFIERS = new Set<number>(
  (["typedef", "const", "volatile", "restrict", "type_tag"] as const).map((kind) => KIND_NUMBER[kind]),
);
const SK_BUFF = Buffer.from("sk_buff\0");

/** The class of each type as an argument, remembered by type id. */
export class ArgumentClasses {
  readonly #btf: LoadedBtf;
  readonly #classes: Uint8Array;

  constructor(btf: LoadedBtf) {
    this.#btf = btf;
    this.#classes = new Uint8Array(btf.endId);
  }

  of(id: number): Argument {
    const known = this.#classes[id] as Argument | undefined;
    if (known !== ARGUMENT.unknown && known !== undefined) return known;
    const found = this.#classify(id);
    if (known !== undefined) this.#classes[id] = found;
    return found;
  }

  #classify(id: number): Argument {
    const type = this.#behindModifiers(id);
    if (!type) return ARGUMENT.register;
    const size = type.words[type.at + 2]!;
    switch (type.kind) {
      case KIND_NUMBER.ptr:
        return this.#isSkb(size) ? ARGUMENT.skb : ARGUMENT.register;
      case KIND_NUMBER.struct:
      case KIND_NUMBER.union:
        return ARGUMENT.wide;
      case KIND_NUMBER.int:
        return size > 8 ? ARGUMENT.wide : ARGUMENT.register;
      default:
        return ARGUMENT.register;
    }
  }

  #isSkb(id: number): boolean {
    const target = this.#behindModifiers(id);
    if (target?.kind !== KIND_NUMBER.struct && target?.kind !== KIND_NUMBER.fwd) return false;
    return this.#btf.strings.equals(target.words[target.at]!, SK_BUFF);
  }

  #behindModifiers(
    id: number,
  ): { readonly words: Uint32Array; readonly at: number; readonly kind: number } | undefined {
    // As many steps as in `LoadedBtf.resolve`, which reports the loop when somebody asks for the type.
    for (let steps = 0; steps < 64; steps++) {
      const record = this.#btf.record(id);
      if (!record) return undefined;
      const kind = kindOf(record.words[record.at + 1]!);
      if (!MODIFIERS.has(kind)) return { ...record, kind };
      id = record.words[record.at + 2]!;
    }
    return undefined;
  }
}

const TRACEPOINT_PREFIX = "btf_trace_";

/**
 * `include/trace/bpf_probe.h` makes a typedef `btf_trace_NAME` of each tracepoint's prototype. Its first parameter is
 * the tracepoint's private data, which is not among the arguments a program sees.
 */
export function findSkbTracepoints(btf: LoadedBtf): readonly SkbTracepoint[] {
  const { words, records } = btf.image;
  const prefix = Buffer.from(TRACEPOINT_PREFIX);
  const tracepoints: SkbTracepoint[] = [];
  for (let record = 0; record < records.length; record++) {
    const at = records[record]!;
    if (kindOf(words[at + 1]!) !== KIND_NUMBER.typedef || !btf.strings.startsWith(words[at]!, prefix))
      continue;
    const typedef = btf.type(btf.firstId + record);
    const pointer = btf.resolve(typedef.id);
    const prototype = pointer.kind === "ptr" ? btf.resolve(pointer.type) : pointer;
    if (prototype.kind !== "func_proto") continue;
    const params = prototype.params.slice(1);
    const position = params.findIndex(({ type }) => btf.argumentClasses.of(type) === ARGUMENT.skb);
    if (position < 0) continue;
    tracepoints.push({ name: typedef.name.slice(TRACEPOINT_PREFIX.length), position, params });
  }
  return tracepoints;
}
