import { type TokenType, tokenMatcher } from "chevrotain";
import type { Span } from "./ast.ts";
import { endOf, lex } from "./lexer.ts";
import * as t from "./tokens.ts";

export interface HighlightToken {
  readonly kind: t.TokenKind;
  readonly span: Span;
}

/** Everything but white space, in order, for colours. A keyword behind `->`, `.`, `$` or `as` is a name. */
export function tokens(text: string): readonly HighlightToken[] {
  const lexed = lex(text);
  const code = lexed.tokens.map((token, i): HighlightToken => {
    const kind = t.entryOf(token.tokenType)?.kind ?? "error";
    const before = lexed.tokens[i - 1]?.tokenType;
    const plain = kind === "keyword" && before !== undefined && NAME_FOLLOWS.has(before);
    return {
      kind: plain && tokenMatcher(token, t.AnyWord) ? "name" : kind,
      span: { start: token.startOffset, end: endOf(token) },
    };
  });
  const comments = lexed.comments.map(
    (token): HighlightToken => ({
      kind: token.image.startsWith("##") ? "doc" : "comment",
      span: { start: token.startOffset, end: endOf(token) },
    }),
  );
  if (comments.length === 0) return code;
  return [...code, ...comments].sort((a, b) => a.span.start - b.span.start);
}

const NAME_FOLLOWS: ReadonlySet<TokenType> = new Set([t.Arrow, t.Dot, t.As, t.Param, t.Def]);
