/** What is said where nothing better is known. */
import { spanOf } from "../nodes.ts";
import { isReserved } from "../stop.ts";
import { describe } from "../wanted.ts";
import { behind, type Mistake, quote, say } from "./mistake.ts";

export const ended: Mistake = (stop) => {
  if (stop.found !== undefined) return undefined;
  const last = stop.tokens.at(-1);
  const span = last === undefined ? { start: stop.text.length, end: stop.text.length } : behind(last);
  const after = last === undefined ? "" : ` after ${quote(last)}`;
  return say(
    "PWQ1002",
    span,
    `something is missing${after}`,
    `expected ${describe(stop.wanted, stop.complete)}`,
  );
};

export const unexpected: Mistake = (stop) =>
  stop.found === undefined
    ? undefined
    : say(
        "PWQ1001",
        spanOf(stop.found),
        `unexpected ${isReserved(stop.found) ? "keyword " : ""}${quote(stop.found)}`,
        `expected ${describe(stop.wanted, stop.complete)}`,
      );
