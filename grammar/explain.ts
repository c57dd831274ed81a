import type { IToken } from "chevrotain";
import type { SyntaxCode, SyntaxProblem } from "./errors.ts";
import { MISTAKES } from "./mistakes/index.ts";
import { type Stop, stopOf } from "./stop.ts";

export interface Explained {
  readonly problem: SyntaxProblem;
  /** True if more text could mend it. */
  readonly atEnd: boolean;
}

/** Something is missing, a bracket is open, or there is no subject yet. */
const MENDABLE: ReadonlySet<SyntaxCode> = new Set(["PWQ1002", "PWQ1012", "PWQ1014"]);

/** Why these tokens are not what the rule wants, as one problem. */
export function explain(text: string, tokens: readonly IToken[], rule: Stop["rule"]): Explained {
  const stop = stopOf(text, tokens, rule);
  for (const mistake of MISTAKES) {
    const problem = mistake(stop);
    if (problem !== undefined)
      return { problem, atEnd: stop.found === undefined && MENDABLE.has(problem.code) };
  }
  throw new Error("the last mistakes answer always");
}
