/**
 * Text to tokens, and tokens to statements. A statement starts at a statement word that is first on its line; each is
 * parsed by itself, so a problem in one cannot hide a problem in the next.
 */
import { createTokenInstance, type IToken, Lexer } from "chevrotain";
import { nearest } from "./nearest.ts";
import {
  Arrow,
  BadText,
  Identifier,
  LEXER_ORDER,
  STATEMENT_STARTS,
  STATEMENT_WORDS,
  startsLine,
} from "./tokens.ts";

export interface Lexed {
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
}

/** The tokens of one statement, and the `##` lines above it. */
export interface Chunk {
  readonly tokens: IToken[];
  readonly doc?: string;
}

let built: Lexer | undefined;
// Built on first use: it takes tens of milliseconds, which `pwq --version` should not wait for.
const lexer = (): Lexer => {
  built ??= new Lexer(LEXER_ORDER, {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: true,
  });
  return built;
};

/** Never fails: what no pattern takes becomes `BadText`. */
export function lex(text: string): Lexed {
  const { tokens, errors, groups } = lexer().tokenize(text);
  const comments = groups.comments ?? [];
  if (errors.length === 0) return { text, tokens, comments };
  const bad = errors.map(({ offset, length }) =>
    createTokenInstance(
      BadText,
      text.slice(offset, offset + length),
      offset,
      offset + length - 1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ),
  );
  return { text, tokens: [...tokens, ...bad].sort((a, b) => a.startOffset - b.startOffset), comments };
}

/** The offset behind a token. */
export const endOf = (token: IToken): number => token.startOffset + token.image.length;

/** Cuts the tokens into statements. Text before the first statement word is a chunk too: an unknown statement. */
export function statements({ text, tokens, comments }: Lexed): Chunk[] {
  const starts: number[] = [];
  tokens.forEach((token, i) => {
    if (i === 0 || startsStatement(text, token, tokens[i + 1])) starts.push(i);
  });
  return starts.map((start, k) => {
    const doc = docAbove(text, tokens[start]!.startOffset, comments);
    return { tokens: tokens.slice(start, starts[k + 1]), ...(doc === undefined ? {} : { doc }) };
  });
}

function startsStatement(text: string, token: IToken, next: IToken | undefined): boolean {
  const { tokenType, image, startOffset } = token;
  if (STATEMENT_STARTS.has(tokenType)) return next?.tokenType !== Arrow && startsLine(text, startOffset);
  // A misspelt one, so that what follows is not blamed on the statement before. No line goes on with two names.
  const twoNames = tokenType === Identifier && next?.tokenType === Identifier;
  return twoNames && startsLine(text, startOffset) && nearest(image, STATEMENT_WORDS) !== undefined;
}

/** The `##` lines that end on the line right above this offset. */
function docAbove(text: string, offset: number, comments: readonly IToken[]): string | undefined {
  const lines: string[] = [];
  let below = offset;
  for (let i = lastBefore(comments, offset); i >= 0; i--) {
    const comment = comments[i]!;
    const isDoc = comment.image.startsWith("##") && startsLine(text, comment.startOffset);
    const between = text.slice(endOf(comment), below);
    if (!isDoc || !/^\r?\n[ \t\u00A0]*$/.test(between)) break;
    lines.unshift(comment.image.replace(/^##+ ?/, "").trimEnd());
    below = comment.startOffset;
  }
  return lines.length === 0 ? undefined : lines.join("\n");
}

function lastBefore(comments: readonly IToken[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
