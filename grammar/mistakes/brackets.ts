import { endOf } from "../lexer.ts";
import { spanOf } from "../nodes.ts";
import { CLOSER_OF, CLOSERS, wants } from "../stop.ts";
import * as t from "../tokens.ts";
import { labelOf, type Mistake, quote, say } from "./mistake.ts";

export const emptySet: Mistake = ({ found, previous }) =>
  found?.tokenType === t.RCurly && previous?.tokenType === t.LCurly
    ? say(
        "PWQ1016",
        { start: previous.startOffset, end: endOf(found) },
        "this set is empty",
        "nothing is in it: name what should be",
      )
    : undefined;

export const brackets: Mistake = (stop) => {
  const { found, open } = stop;
  const opener = open.at(-1);
  if (found !== undefined && CLOSERS.has(found.tokenType)) {
    if (opener === undefined)
      return say("PWQ1012", spanOf(found), `${quote(found)} closes nothing`, "remove it, or open it before");
    if (CLOSER_OF.get(opener.tokenType) === found.tokenType) return undefined;
    return say(
      "PWQ1012",
      spanOf(found),
      `${quote(found)} does not close ${quote(opener)}`,
      `expected ${labelOf(CLOSER_OF.get(opener.tokenType)!)}`,
    );
  }
  if (opener === undefined || !wants(stop, CLOSER_OF.get(opener.tokenType)!)) return undefined;
  if (found !== undefined && t.entryOf(found.tokenType)?.group !== "clause") return undefined;
  return say(
    "PWQ1012",
    spanOf(opener),
    `this ${quote(opener)} is not closed`,
    `a ${labelOf(CLOSER_OF.get(opener.tokenType)!)} is missing`,
  );
};
