import type { Source, Span } from "../source.ts";
import { charWidth, textWidth } from "./width.ts";

/** One source line as it is drawn, with the columns to underline. */
export interface ExcerptLine {
  /** 1-based line number. */
  readonly number: number;
  readonly text: string;
  /** Terminal columns [from, to) of `text` to underline; at least one wide. */
  readonly from: number;
  readonly to: number;
}

export interface Excerpt {
  /** 1-based place of the first character; columns count characters, not bytes or cells. */
  readonly line: number;
  readonly column: number;
  /** The first and, if the span ends further down, the last line. */
  readonly lines: readonly ExcerptLine[];
}

/** Longest piece of a line that is drawn; what is beyond is cut around the caret. */
const MAX_COLUMNS = 100;
/** Text kept before the caret when a line is cut. */
const LEAD = 30;
const TAB = 4;
const CUT = "…";

/** The lines of `source` that `span` touches, printable: tabs opened out, control characters escaped, long lines cut. */
export function excerpt(source: Source, span: Span): Excerpt {
  const { text } = source;
  const start = anchor(text, span.start);
  const end = start < span.start ? start : Math.max(start, Math.min(span.end, text.length));
  const first = lineAt(text, start);
  const last = end > start ? lineAt(text, end - 1) : first;
  const line = lineNumber(text, first.start);
  const column = [...text.slice(first.start, start)].length + 1;
  if (last.start === first.start) {
    return { line, column, lines: [drawn(text, first, line, start, end)] };
  }
  const lastText = text.slice(last.start, last.end);
  const indent = last.start + (lastText.length - lastText.trimStart().length);
  return {
    line,
    column,
    lines: [
      drawn(text, first, line, start, first.end),
      drawn(text, last, lineNumber(text, last.start), indent, end),
    ],
  };
}

/** An error at the end of input is shown after the last word, not on an empty line below it. */
function anchor(text: string, start: number): number {
  return text.slice(start).trim() === "" ? Math.min(start, text.trimEnd().length) : start;
}

interface Line {
  readonly start: number;
  /** Without the line break. */
  readonly end: number;
}

function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", Math.max(start, offset));
  const end = newline === -1 ? text.length : newline;
  return { start, end: text[end - 1] === "\r" && end > start ? end - 1 : end };
}

function lineNumber(text: string, offset: number): number {
  let number = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) number++;
  return number;
}

function drawn(text: string, line: Line, number: number, start: number, end: number): ExcerptLine {
  const before = printable(text.slice(line.start, Math.min(start, line.end)), 0);
  const from = textWidth(before);
  const marked = printable(text.slice(start, Math.min(end, line.end)), from);
  const to = Math.max(from + 1, from + textWidth(marked));
  const after = printable(text.slice(Math.max(start, Math.min(end, line.end)), line.end), to);
  const whole = (before + marked + after).trimEnd();
  if (textWidth(whole) <= MAX_COLUMNS) return { number, text: whole, from, to };
  return { number, ...cut(whole, from, to) };
}

/** Keeps MAX_COLUMNS of a long line, with the beginning of the marked part in view. */
function cut(text: string, from: number, to: number): Omit<ExcerptLine, "number"> {
  const skip = from < MAX_COLUMNS - LEAD ? 0 : from - LEAD;
  let kept = "";
  let column = 0;
  let left = 0;
  let ended = false;
  for (const char of text) {
    const width = charWidth(char);
    if (column < skip) left = column + width;
    else if (column + width - left <= MAX_COLUMNS) kept += char;
    else {
      ended = true;
      break;
    }
    column += width;
  }
  const shift = skip === 0 ? 0 : left - CUT.length;
  return {
    text: (skip === 0 ? "" : CUT) + kept + (ended ? CUT : ""),
    from: from - shift,
    to: Math.min(to - shift, MAX_COLUMNS + 1),
  };
}

/** A source text may hold anything; what would move the cursor or the colours is written out. */
function printable(text: string, column: number): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === "\t") out += " ".repeat(TAB - ((column + textWidth(out)) % TAB));
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (BIDI.test(char)) out += `\\u{${code.toString(16)}}`;
    else out += char;
  }
  return out;
}

/** Characters that reorder text (UAX #9): drawn as they are, the caret would stand elsewhere than it seems. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
