/**
 * How arguments are passed, as far as it matters for finding an skb among them: for every type and every prototype.
 * A kernel has tens of thousands of each and all are looked at when a trace starts, so these are plain passes over the
 * records, without making objects of them.
 */
import type { BtfKind } from "./btf.ts";
import { KIND_NUMBER, vlenOf } from "./format.ts";
import type { LoadedBtf } from "./reader.ts";

/** How an argument of a type is passed: in one register, there as a `struct sk_buff *`, or otherwise. */
export const PASSING = { register: 0, skb: 1, wide: 2 } as const;

/** Where a prototype has its first skb: `first` + its position, if every argument before it takes one register. */
export const PLACE = { none: 0, behindStruct: 1, first: 2 } as const;
const MAX_PLACE = 255;

export interface SkbArguments {
  /** 1 for `struct sk_buff` itself, also behind typedefs and qualifiers; by type id. */
  readonly isSkb: Uint8Array;
  /** PASSING by type id. */
  readonly passing: Uint8Array;
  /** PLACE by the type id of a prototype. */
  readonly places: Uint8Array;
}

const MODIFIERS = ["typedef", "const", "volatile", "restrict", "type_tag"] as const satisfies BtfKind[];

/** `base`: what is known of the types that a module's BTF goes on from. */
export function classifyArguments(btf: LoadedBtf, base?: SkbArguments): SkbArguments {
  const isSkb = continued(btf, base?.isSkb);
  markStructs(btf, isSkb);
  markModifiers(btf, isSkb);
  const passing = continued(btf, base?.passing);
  markPassing(btf, isSkb, passing);
  markModifiers(btf, passing);
  const places = continued(btf, base?.places);
  markPlaces(btf, passing, places);
  return { isSkb, passing, places };
}

function continued(btf: LoadedBtf, base: Uint8Array | undefined): Uint8Array {
  const marks = new Uint8Array(btf.endId);
  if (base) marks.set(base);
  return marks;
}

function markStructs(btf: LoadedBtf, isSkb: Uint8Array): void {
  for (const kind of ["struct", "fwd"] as const)
    for (const id of btf.ownNamed(kind, "sk_buff")) isSkb[id] = 1;
}

/** What holds for a type holds for its typedefs and its qualified forms. */
function markModifiers({ firstId, image }: LoadedBtf, marks: Uint8Array): void {
  const { words, records, byKind } = image;
  let changed = true;
  // One pass for each link of the longest chain; a chain that closes in a corrupt file changes nothing.
  while (changed) {
    changed = false;
    for (const kind of MODIFIERS) {
      const list = byKind[KIND_NUMBER[kind]]!;
      for (let i = 0; i < list.length; i++) {
        const mark = marks[words[records[list[i]!]! + 2]!];
        if (mark && marks[firstId + list[i]!] === 0) {
          marks[firstId + list[i]!] = mark;
          changed = true;
        }
      }
    }
  }
}

function markPassing({ firstId, image }: LoadedBtf, isSkb: Uint8Array, passing: Uint8Array): void {
  const { words, records, byKind } = image;
  const pointers = byKind[KIND_NUMBER.ptr]!;
  for (let i = 0; i < pointers.length; i++) {
    if (isSkb[words[records[pointers[i]!]! + 2]!]) passing[firstId + pointers[i]!] = PASSING.skb;
  }
  for (const kind of ["struct", "union"] as const) {
    const list = byKind[KIND_NUMBER[kind]]!;
    for (let i = 0; i < list.length; i++) passing[firstId + list[i]!] = PASSING.wide;
  }
  for (const record of byKind[KIND_NUMBER.int]!) {
    if (words[records[record]! + 2]! > 8) passing[firstId + record] = PASSING.wide;
  }
}

function markPlaces({ firstId, image }: LoadedBtf, passing: Uint8Array, places: Uint8Array): void {
  const { words, records, byKind } = image;
  const prototypes = byKind[KIND_NUMBER.func_proto]!;
  for (let i = 0; i < prototypes.length; i++) {
    const at = records[prototypes[i]!]!;
    const count = vlenOf(words[at + 1]!);
    let wideBefore = false;
    for (let argument = 0; argument < count; argument++) {
      const how = passing[words[at + 4 + 2 * argument]!];
      if (how === PASSING.skb) {
        const place = wideBefore ? PLACE.behindStruct : Math.min(PLACE.first + argument, MAX_PLACE);
        places[firstId + prototypes[i]!] = place;
        break;
      }
      if (how === PASSING.wide) wideBefore = true;
    }
  }
}
