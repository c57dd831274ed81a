import type { IToken, TokenType } from "chevrotain";
import type { Wanted } from "./automaton.ts";
import { automaton } from "./engine.ts";
import * as t from "./tokens.ts";

/** The first place at which the tokens leave the grammar, with all that a message about it may need. */
export interface Stop {
  readonly text: string;
  readonly rule: "statement" | "expression";
  readonly tokens: readonly IToken[];
  readonly index: number;
  /** The token that cannot be; absent at the end. */
  readonly found: IToken | undefined;
  readonly previous: IToken | undefined;
  readonly wanted: readonly Wanted[];
  /** True if the statement could have ended before `found`. */
  readonly complete: boolean;
  /** The brackets that are open here, innermost last. */
  readonly open: readonly IToken[];
}

/** Walks the tokens of one statement. Ends at the end of the tokens if all of them can be. */
export function stopOf(text: string, tokens: readonly IToken[], rule: Stop["rule"]): Stop {
  const walk = automaton().walk(rule);
  const open: IToken[] = [];
  let index = 0;
  for (const token of tokens) {
    if (!walk.step(token)) break;
    if (CLOSER_OF.has(token.tokenType)) open.push(token);
    else if (CLOSERS.has(token.tokenType)) open.pop();
    index++;
  }
  return {
    text,
    rule,
    tokens,
    index,
    found: tokens[index],
    previous: tokens[index - 1],
    wanted: walk.wanted(),
    complete: walk.complete(),
    open,
  };
}

export const CLOSER_OF: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.LParen, t.RParen],
  [t.LCurly, t.RCurly],
  [t.LSquare, t.RSquare],
]);
export const CLOSERS: ReadonlySet<TokenType> = new Set(CLOSER_OF.values());

/** True if any of these tokens (or a token of one of these categories) may come here. */
export function wants({ wanted }: Stop, ...types: readonly TokenType[]): boolean {
  return wanted.some(({ type }) => types.includes(type));
}

export const isReserved = (token: IToken): boolean =>
  t.entryOf(token.tokenType)?.kind === "keyword" &&
  !(token.tokenType.CATEGORIES ?? []).includes(t.Name) &&
  token.tokenType !== t.InnerPcap;
