import type { BtfImage } from "./format.ts";
import { type BtfStrings, hashName } from "./strings.ts";

/**
 * Types of one kind by name: an open-addressing table of record numbers (plus one; zero is free), hashed over the
 * names' bytes so that tens of thousands of names are indexed without making strings of them.
 */
export interface NameIndex {
  /** Record number of the first type with that name, or -1. */
  find(name: string): number;
}

export function indexNames(image: BtfImage, kind: number, names: BtfStrings): NameIndex {
  const { words, records } = image;
  const ofKind = image.byKind[kind]!;
  const slots = new Uint32Array(tableSize(ofKind.length));
  const mask = slots.length - 1;
  for (let i = 0; i < ofKind.length; i++) {
    const record = ofKind[i]!;
    const nameOffset = words[records[record]!]!;
    if (nameOffset === 0) continue;
    let slot = names.hash(nameOffset) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = record + 1;
  }
  return {
    find(name) {
      const wanted = Buffer.from(`${name}\0`);
      let slot = hashName(wanted, 0) & mask;
      // Linear probing without removal: the first match met is the one entered first.
      for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const record = slots[slot]! - 1;
        if (names.equals(words[records[record]!]!, wanted)) return record;
      }
      return -1;
    },
  };
}

/** At most half full, so that probes stay short; a power of two, so that a mask takes the modulus. */
const tableSize = (count: number): number => 2 ** (Math.ceil(Math.log2(count + 1)) + 1);
