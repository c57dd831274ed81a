import { hashBytes, hashName } from "../../compiler/btf/name-hash.ts";

const NEWLINE = 0x0a;

/**
 * Enters the lines of a text in a table: slot `hash & (table.length - 1)`, or the next free one, has 1 + where the line
 * begins. `table` is zeroed and a power of two long. False if it has no room for all. The addon has the same.
 */
export type HashLines = (text: Uint8Array, table: Uint32Array) => boolean;

export const hashLines: HashLines = (text, table) => {
  const mask = table.length - 1;
  let room = mask;
  for (let from = 0, end: number; from < text.length; from = end + 1) {
    end = text.indexOf(NEWLINE, from);
    if (end < 0) end = text.length;
    if (end === from) continue;
    if (room-- === 0) return false;
    let slot = hashBytes(text, from, end) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = from + 1;
  }
  return true;
};

/** Fewer than most lines of the kernel's lists have, so that a table is rarely too small. */
const LINE_BYTES = 8;

/** The lines of a long text, each to be found by what it says. ASCII. */
export class LineTable {
  readonly #text: Uint8Array;
  readonly #table: Uint32Array;

  constructor(text: Uint8Array, hash: HashLines = hashLines) {
    this.#text = text;
    let table: Uint32Array;
    let slots = 2 ** Math.ceil(Math.log2(text.length / LINE_BYTES + 2));
    do {
      table = new Uint32Array(slots);
      slots *= 2;
    } while (!hash(text, table));
    this.#table = table;
  }

  /** How many lines say that. Empty ones are not counted. */
  count(line: string): number {
    const mask = this.#table.length - 1;
    let count = 0;
    for (let slot = hashName(line) & mask; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#says(this.#table[slot]! - 1, line)) count++;
    }
    return count;
  }

  #says(at: number, line: string): boolean {
    const end = at + line.length;
    if (end > this.#text.length || (this.#text[end] ?? NEWLINE) !== NEWLINE) return false;
    for (let i = 0; i < line.length; i++) if (this.#text[at + i] !== line.charCodeAt(i)) return false;
    return true;
  }
}
