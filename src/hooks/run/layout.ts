/**
 * What the host writes for the sandbox: one buffer of 32-bit words for all events that come together. A head, then a row
 * for each event: its flags, presence words, and the cells of the fields that hooks read.
 */
export const HEAD = {
  rows: 0,
  /** Words of a row. */
  stride: 1,
  /** Milliseconds since the trace began. */
  now: 2,
  /** 1: count what is shown down from `room`, and stop at 0. */
  limited: 3,
  /** Events that may still be shown over all queries, then by query. */
  room: 4,
  words: 16,
} as const;

/** The first word of a row. The query's number is in bits 8 to 15, the outcome in bits 16 and 17. */
export const ROW = { drop: 1, last: 2, query: 8, outcome: 16, presence: 1 } as const;

/** What an event at this point means for the packet, by its number in a row. */
export const OUTCOMES = ["unknown", "drop", "deliver", "xmit"] as const;

/**
 * How a value is in its cell. `small`: a number of 32 bits. `flag`: true or false. `wide`: a number of 64 bits in two
 * words, or an interned value if the upper is WIDE_INTERNED. `interned`: the number of a value in a table that the
 * sandbox has, too; 0 is undefined. The others are there if their presence bit is set.
 */
export type CellKind = "small" | "signed" | "flag" | "wide" | "interned";

export const WORDS: Readonly<Record<CellKind, number>> = {
  small: 1,
  signed: 1,
  flag: 1,
  wide: 2,
  interned: 1,
};

/** No double that is exact has this upper half. */
export const WIDE_INTERNED = 0x7fff_ffff;

export interface Cell {
  /** As hooks name it: `ip.src`, a shown item's name, or `has(tcp)`. */
  readonly name: string;
  readonly kind: CellKind;
  /** Word of the row. */
  readonly at: number;
  /** Bit in the presence words. */
  readonly bit: number;
  /** It is one of the shown items, so it belongs to the event as a whole. */
  readonly shown: boolean;
}

export interface RowLayout {
  readonly cells: readonly Cell[];
  readonly presenceWords: number;
  readonly stride: number;
}

/** Puts cells one behind the other. */
export function layRow(wanted: readonly Pick<Cell, "name" | "kind" | "shown">[]): RowLayout {
  const presenceWords = Math.ceil(wanted.length / 32);
  let at = ROW.presence + presenceWords;
  const cells = wanted.map((cell, bit): Cell => {
    const laid = { ...cell, at, bit };
    at += WORDS[cell.kind];
    return laid;
  });
  return { cells, presenceWords, stride: at };
}
