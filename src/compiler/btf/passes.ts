/**
 * Passes over a whole BTF file, as functions over plain arrays of numbers. A kernel has well over 100,000 types, and
 * these look at all of them: `SCRIPT_PASSES` does so anywhere, and the addon (src/native/btf.c) has the same ones as
 * machine code, which the start of a trace does not have to wait for.
 */
import {
  ELEMENT_WORDS,
  FIXED_WORDS,
  isModifier,
  KIND_NUMBER,
  kindOf,
  RECORD_WORDS,
  vlenOf,
} from "./format.ts";

/** The type section of a file and what the first pass found in it: record `i` is type `firstId + i`. */
export interface BtfRecords {
  /** A record is: name offset, info, size or type, then what its kind adds. */
  readonly words: Uint32Array;
  /** For each type, the index of its record in `words`. */
  readonly records: Uint32Array;
  /** For each type, the number of its kind. */
  readonly kinds: Uint8Array;
}

export interface BtfPasses {
  /**
   * Fills in where each record begins, its kind, and how many there are of each kind; returns the number of records.
   * It ends early at a kind that it does not know, and at a record that does not end with the words.
   */
  indexRecords(words: Uint32Array, records: Uint32Array, kinds: Uint8Array, counts: Uint32Array): number;
  /**
   * The number of the first record from `from` on of that kind and name, or -1. Names at offsets below `base.length` are in
   * `base`, the others in `own`.
   */
  findNamed(
    of: BtfRecords,
    kind: number,
    base: Uint8Array,
    own: Uint8Array,
    name: string,
    from: number,
  ): number;
  /**
   * Completes `marks`, which has those of the base file and, of this one, where `isSkb` is known for `struct sk_buff`
   * itself; see SkbArguments.
   */
  classifyArguments(of: BtfRecords, firstId: number, marks: ArgumentMarks): void;
  /** The numbers of the records of functions whose prototype has an skb, in order, into `found`; returns how many. */
  functionsWithSkb(of: BtfRecords, places: Uint8Array, found: Uint32Array): number;
}

/** By type id, up to the last one of the file. */
export interface ArgumentMarks {
  readonly isSkb: Uint8Array;
  readonly passing: Uint8Array;
  readonly places: Uint8Array;
}

/** How an argument of a type is passed: in one register, there as a `struct sk_buff *`, or otherwise. */
export const PASSING = { register: 0, skb: 1, wide: 2 } as const;

/** Where a prototype has its first skb: `first` + its position, if every argument before it takes one register. */
export const PLACE = { none: 0, behindStruct: 1, first: 2 } as const;
const MAX_PLACE = 255;

export const SCRIPT_PASSES: BtfPasses = {
  indexRecords(words, records, kinds, counts) {
    let count = 0;
    for (let at = 0; at + RECORD_WORDS <= words.length; ) {
      const info = words[at + 1]!;
      const kind = kindOf(info);
      if (kind === 0 || kind >= FIXED_WORDS.length) break;
      counts[kind]!++;
      kinds[count] = kind;
      records[count++] = at;
      at += RECORD_WORDS + FIXED_WORDS[kind]! + ELEMENT_WORDS[kind]! * vlenOf(info);
    }
    return count;
  },

  findNamed({ words, records, kinds }, kind, base, own, name, from) {
    for (let record = from; record < records.length; record++) {
      if (kinds[record] !== kind) continue;
      const offset = words[records[record]!]!;
      const inBase = offset < base.length;
      if (isString(inBase ? base : own, inBase ? offset : offset - base.length, name)) return record;
    }
    return -1;
  },

  classifyArguments(of, firstId, marks) {
    markModifiers(of, firstId, marks.isSkb);
    markPassing(of, firstId, marks);
    markModifiers(of, firstId, marks.passing);
    markPlaces(of, firstId, marks);
  },

  functionsWithSkb({ words, records, kinds }, places, found) {
    let count = 0;
    for (let record = 0; record < records.length; record++) {
      if (kinds[record] !== KIND_NUMBER.func) continue;
      const place = places[words[records[record]! + 2]!];
      if (place !== undefined && place !== PLACE.none) found[count++] = record;
    }
    return count;
  },
};

/** Names in C are ASCII. */
function isString(strings: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (strings[at + i] !== text.charCodeAt(i)) return false;
  return strings[at + text.length] === 0;
}

/** What holds for a type holds for its typedefs and its qualified forms. */
function markModifiers({ words, records, kinds }: BtfRecords, firstId: number, marks: Uint8Array): void {
  let changed = true;
  // One pass for each link of the longest chain; a chain that closes in a corrupt file changes nothing.
  while (changed) {
    changed = false;
    for (let record = 0; record < records.length; record++) {
      if (!isModifier(kinds[record]!) || marks[firstId + record] !== 0) continue;
      const mark = marks[words[records[record]! + 2]!];
      if (!mark) continue;
      marks[firstId + record] = mark;
      changed = true;
    }
  }
}

function markPassing(
  { words, records, kinds }: BtfRecords,
  firstId: number,
  { isSkb, passing }: ArgumentMarks,
): void {
  for (let record = 0; record < records.length; record++) {
    const sizeOrType = words[records[record]! + 2]!;
    switch (kinds[record]) {
      case KIND_NUMBER.ptr:
        if (isSkb[sizeOrType]) passing[firstId + record] = PASSING.skb;
        break;
      case KIND_NUMBER.struct:
      case KIND_NUMBER.union:
        passing[firstId + record] = PASSING.wide;
        break;
      case KIND_NUMBER.int:
        if (sizeOrType > 8) passing[firstId + record] = PASSING.wide;
        break;
    }
  }
}

function markPlaces(
  { words, records, kinds }: BtfRecords,
  firstId: number,
  { passing, places }: ArgumentMarks,
): void {
  for (let record = 0; record < records.length; record++) {
    if (kinds[record] !== KIND_NUMBER.func_proto) continue;
    const at = records[record]!;
    const count = vlenOf(words[at + 1]!);
    let wideBefore = false;
    for (let argument = 0; argument < count; argument++) {
      const how = passing[words[at + RECORD_WORDS + 1 + 2 * argument]!];
      if (how === PASSING.skb) {
        places[firstId + record] = wideBefore
          ? PLACE.behindStruct
          : Math.min(PLACE.first + argument, MAX_PLACE);
        break;
      }
      if (how === PASSING.wide) wideBefore = true;
    }
  }
}
