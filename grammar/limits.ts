import type { IToken, TokenType } from "chevrotain";
import type { SyntaxProblem } from "./errors.ts";
import { spanOf } from "./nodes.ts";
import { CLOSER_OF, CLOSERS } from "./stop.ts";
import * as t from "./tokens.ts";

/** Brackets and prefix operators in one another. Each costs the parser some fifty frames of the stack. */
export const MAX_DEPTH = 64;
/** Operators in a row. A chain becomes a tree as deep as it is long, and later passes walk it by recursion. */
export const MAX_CHAIN = 1000;

const JOINING: readonly TokenType[] = [
  t.OrOp,
  t.AndOp,
  t.Pipe,
  t.Caret,
  t.Ampersand,
  t.ShiftOp,
  t.AddOp,
  t.MulOp,
];
const joins = new Set(
  [...t.VOCABULARY.keys()].filter((type) =>
    JOINING.some((op) => op === type || type.CATEGORIES?.includes(op)),
  ),
);
const PREFIX: ReadonlySet<TokenType> = new Set([t.Not, t.Bang, t.Minus, t.Tilde]);

/** The token at which a statement becomes deeper or longer than can be worked on, as a problem. */
export function tooDeep(tokens: readonly IToken[]): SyntaxProblem | undefined {
  let depth = 0;
  let prefixes = 0;
  let chain = 0;
  for (const token of tokens) {
    const type = token.tokenType;
    if (CLOSER_OF.has(type)) depth++;
    else if (CLOSERS.has(type)) depth = Math.max(0, depth - 1);
    prefixes = PREFIX.has(type) ? prefixes + 1 : 0;
    if (joins.has(type)) chain++;
    else if (t.entryOf(type)?.group === "clause" || type === t.Comma) chain = 0;
    if (depth + prefixes > MAX_DEPTH)
      return {
        code: "PWQ1019",
        span: spanOf(token),
        message: "this is nested too deep",
        label: `at most ${MAX_DEPTH} levels`,
      };
    if (chain > MAX_CHAIN)
      return {
        code: "PWQ1019",
        span: spanOf(token),
        message: "this expression is too long",
        label: `at most ${MAX_CHAIN} operators`,
        help: ["many values are a set: `tcp.dport in {80, 443, 8000..8099}`"],
      };
  }
  return undefined;
}
