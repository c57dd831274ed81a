import type { Span } from "../../grammar/ast.ts";

export type { Span };

/** A text with a name: a file, a one-line query (`<query>`), a REPL entry. Spans are offsets into `text`. */
export interface Source {
  readonly name: string;
  readonly text: string;
}
