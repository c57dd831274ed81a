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

  /** Adds text of our own, or a span of the user's. Returns where it begins. */
  add(text: string, source?: Source, from = 0): number {
    const at = this.#text.length;
    this.#pieces.push({ at, text, from, ...(source && { source }) });
    this.#text += text;
    return at;
  }

  /** The user's place of a range of the joined text; undefined if it does not begin in the user's. */
  place(start: number, end: number): Place | undefined {
    const piece = this.#pieces.findLast(({ at, text }) => at <= start && start <= at + text.length);
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
