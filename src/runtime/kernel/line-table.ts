/** Finds lines in the kernel's long lists by what they say. ASCII. */
export interface LineHashing {
  /**
   * Enters the lines of a text in a table: slot `hash & (table.length - 1)`, or the next free one, has 1 + where the line
   * begins. `table` is zeroed and a power of two long. False if it has no room for all. Empty lines are left out.
   */
  hashLines(text: Uint8Array, table: Uint32Array): boolean;
  /** How many lines of the text say that. `table` was filled by `hashLines`. */
  countLines(text: Uint8Array, table: Uint32Array, line: string): number;
}

const NEWLINE = 0x0a;

/** FNV-1a of 32 bits. */
const HASH = { basis: 0x811c9dc5, prime: 0x01000193 } as const;

/** The addon has the same (src/native/lines.c). */
export const SCRIPT_LINE_HASHING: LineHashing = {
  hashLines(text, table) {
    const mask = table.length - 1;
    let room = mask;
    for (let from = 0, end: number; from < text.length; from = end + 1) {
      end = text.indexOf(NEWLINE, from);
      if (end < 0) end = text.length;
      if (end === from) continue;
      if (room-- === 0) return false;
      let hash: number = HASH.basis;
      for (let at = from; at < end; at++) hash = Math.imul(hash ^ text[at]!, HASH.prime);
      let slot = hash & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = from + 1;
    }
    return true;
  },

  countLines(text, table, line) {
    const mask = table.length - 1;
    let hash: number = HASH.basis;
    for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), HASH.prime);
    let count = 0;
    for (let slot = hash & mask; table[slot] !== 0; slot = (slot + 1) & mask)
      if (says(text, table[slot]! - 1, line)) count++;
    return count;
  },
};

function says(text: Uint8Array, from: number, line: string): boolean {
  const end = from + line.length;
  if (end > text.length || (text[end] ?? NEWLINE) !== NEWLINE) return false;
  for (let i = 0; i < line.length; i++) if (text[from + i] !== line.charCodeAt(i)) return false;
  return true;
}

/** Fewer than most lines of the kernel's lists have, so that a table is rarely too small. */
const LINE_BYTES = 8;

/** The lines of a text. */
export class LineTable {
  readonly #text: Uint8Array;
  readonly #table: Uint32Array;
  readonly #hashing: LineHashing;

  constructor(text: Uint8Array, hashing: LineHashing = SCRIPT_LINE_HASHING) {
    this.#text = text;
    this.#hashing = hashing;
    let table: Uint32Array;
    let slots = 2 ** Math.ceil(Math.log2(text.length / LINE_BYTES + 2));
    do {
      table = new Uint32Array(slots);
      slots *= 2;
    } while (!hashing.hashLines(text, table));
    this.#table = table;
  }

  /** How many lines say that. */
  count(line: string): number {
    return line === "" ? 0 : this.#hashing.countLines(this.#text, this.#table, line);
  }
}
