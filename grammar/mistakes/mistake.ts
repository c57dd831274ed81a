/** What the recognisers of mistakes share. */
import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { Span } from "../ast.ts";
import type { SyntaxCode, SyntaxProblem } from "../errors.ts";
import { endOf } from "../lexer.ts";
import type { Stop } from "../stop.ts";
import * as t from "../tokens.ts";
import { spelled } from "../wanted.ts";

/** Recognises one mistake where a statement stops to parse, and answers it. */
export type Mistake = (stop: Stop) => SyntaxProblem | undefined;

export const say = (
  code: SyntaxCode,
  span: Span,
  message: string,
  label?: string,
  help?: string,
): SyntaxProblem => ({
  code,
  span,
  message,
  ...(label === undefined ? {} : { label }),
  ...(help === undefined ? {} : { help: [help] }),
});

/** What was typed, short enough for a line. */
export const quote = (token: IToken): string => {
  const line = token.image.split("\n", 1)[0] ?? "";
  return `\`${line.length > 40 || line.length < token.image.length ? `${line.slice(0, 37)}…` : line}\``;
};

export const labelOf = (type: TokenType): string => type.LABEL ?? type.name;

export const isWord = (token: IToken): boolean => tokenMatcher(token, t.AnyWord);

export const isNumberOrText = ({ tokenType }: IToken): boolean =>
  tokenType === t.Numeral || tokenType === t.Address || tokenType === t.Quoted;

export const startsValue = ({ tokenType }: IToken): boolean =>
  t.entryOf(tokenType)?.group === "value" || (tokenType.CATEGORIES ?? []).includes(t.Name);

export const touches = (left: IToken | undefined, right: IToken): boolean =>
  left !== undefined && endOf(left) === right.startOffset;

/** The empty place behind a token. */
export const behind = (token: IToken): Span => ({ start: endOf(token), end: endOf(token) });

/** The words that may come. */
export const wantedWords = ({ wanted }: Stop): string[] =>
  spelled(wanted)
    .map((type) => t.entryOf(type)?.text ?? "")
    .filter((text) => /^[a-z]/.test(text));
