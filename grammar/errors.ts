import type { Span } from "./ast.ts";

/** Every problem the syntax can have: stable code and title. The help pages are written from this table. */
export const SYNTAX_CODES = {
  PWQ1001: "unexpected word or sign",
  PWQ1002: "the statement ends too early",
  PWQ1003: "string without an end",
  PWQ1004: "character that means nothing here",
  PWQ1005: "not a number",
  PWQ1006: "not an IP address",
  PWQ1007: "not a network prefix",
  PWQ1008: "not a MAC address",
  PWQ1009: "unknown unit",
  PWQ1010: "`=` where a comparison is meant",
  PWQ1011: "comparisons cannot be chained",
  PWQ1012: "brackets do not match",
  PWQ1013: "hook without an end",
  PWQ1014: "`trace` without a subject",
  PWQ1015: "unknown statement",
  PWQ1016: "empty set",
  PWQ1017: "unknown escape in a string",
  PWQ1018: "number too large",
  PWQ1019: "expression too deep or too long",
} as const;

export type SyntaxCode = keyof typeof SYNTAX_CODES;

/** One thing wrong with the text, as a value; drawn by whoever asked for the parse. */
export interface SyntaxProblem {
  readonly code: SyntaxCode;
  /** Where. At the end of the text it is empty and lies behind the last token. */
  readonly span: Span;
  /** What was found: one line, lower case, no full stop, backquotes around what was typed. */
  readonly message: string;
  /** Beside the caret: the fix, or what was expected. */
  readonly label?: string;
  /** Further lines: what to type instead. */
  readonly help?: readonly string[];
}
