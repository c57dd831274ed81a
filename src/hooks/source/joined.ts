import type { Source, Span } from "../../compiler/source.ts";

/** A place in what the user wrote. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

interface Piece {
  /** Where it begins in the joined text. */
  readonly at: number;
  readonly text: string;
  readonly source?: Source;
  /** Where it begins in `source`. */
  readonly from: number;
  /** It is our own, and stands for this of the user's. */
  readonly stands?: Place;
}

/**
 * One text put together from the user's pieces and what stands between them, with the way back: what is found at a
 * place of the joined text (by a parser, in a stack, by the TypeScript compiler) is told where the user wrote it.
 */
export class Joined {
  readonly #pieces: Piece[] = [];
  #text = "";

  get text(): string {
    return this.#text;
  }

  /** Adds a piece of the user's that begins at `from`. Returns where it is. */
  add(text: string, source: Source, from = 0): number {
    return this.#push({ text, from, source });
  }

  /** Adds text of our own; what is found in it is told at the place it stands for. */
  addOwn(text: string, stands?: Place): number {
    return this.#push({ text, from: 0, ...(stands && { stands }) });
  }

  #push(piece: Omit<Piece, "at">): number {
    const at = this.#text.length;
    this.#pieces.push({ ...piece, at });
    this.#text += piece.text;
    return at;
  }

  /** The user's place of a range of the joined text; undefined if it does not begin in the user's. */
  place(start: number, end: number): Place | undefined {
    const piece = this.#pieces.findLast(({ at, text }) => at <= start && start <= at + text.length);
    if (piece?.stands) return piece.stands;
    if (!piece?.source) return undefined;
    const shift = piece.from - piece.at;
    const most = piece.from + piece.text.length;
    const from = start + shift;
    return { source: piece.source, span: { start: from, end: Math.max(from, Math.min(end + shift, most)) } };
  }

  /** The offset of a line and column, both from 1. */
  offset(line: number, column: number): number {
    let at = 0;
    for (let number = 1; number < line; number++) {
      const next = this.#text.indexOf("\n", at);
      if (next === -1) break;
      at = next + 1;
    }
    return Math.min(at + column - 1, this.#text.length);
  }
}
