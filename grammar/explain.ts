import type { IToken } from "chevrotain";
import type { SyntaxProblem } from "./errors.ts";
import { MISTAKES } from "./mistakes.ts";
import { type Stop, stopOf } from "./stop.ts";

export interface Explained {
  readonly problem: SyntaxProblem;
  /** True if more text could mend it. */
  readonly atEnd: boolean;
}

/** Why these tokens are not what the rule wants, as one problem. */
export function explain(text: string, tokens: readonly IToken[], rule: Stop["rule"]): Explained {
  const stop = stopOf(text, tokens, rule);
  for (const mistake of MISTAKES) {
    const problem = mistake(stop);
    if (problem !== undefined) return { problem, atEnd: stop.found === undefined };
  }
  throw new Error("the last mistakes answer always");
}
