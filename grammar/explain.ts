import type { IToken } from "chevrotain";
import type { SyntaxProblem } from "./errors.ts";
import { endOf } from "./lexer.ts";
import { spanOf } from "./nodes.ts";

export function explain(text: string, tokens: readonly IToken[], stopped: IToken): SyntaxProblem {
  const found = tokens.find((token) => token === stopped);
  if (found !== undefined)
    return { code: "PWQ1001", span: spanOf(found), message: `unexpected \`${found.image}\`` };
  const last = tokens.at(-1);
  const end = last === undefined ? text.length : endOf(last);
  return { code: "PWQ1002", span: { start: end, end }, message: "the statement ends too early" };
}
