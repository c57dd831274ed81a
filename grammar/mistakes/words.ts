import { nearest } from "../nearest.ts";
import { spanOf } from "../nodes.ts";
import { isReserved, wants } from "../stop.ts";
import * as t from "../tokens.ts";
import { spelled } from "../wanted.ts";
import { PLACE_WORDS } from "../words.ts";
import { isWord, type Mistake, quote, say, wantedWords } from "./mistake.ts";

/** Clauses and words of other languages, by what pwq calls them. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  filter: "where",
  if: "where",
  print: "show",
  select: "show",
  output: "show",
  is: "==",
  eq: "==",
  equals: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  xor: "^",
  regex: "matches",
  like: "~",
  contains: "has",
  group: "by",
  during: "for",
  timeout: "for",
  head: "limit",
};

export const misspelt: Mistake = (stop) => {
  const { found } = stop;
  if (found === undefined || !(isWord(found) || found.tokenType === t.DottedName)) return undefined;
  const known = spelled(stop.wanted).map((type) => t.entryOf(type)?.text ?? "");
  const other = Object.hasOwn(OTHER_WORDS, found.image) ? OTHER_WORDS[found.image] : undefined;
  const near =
    other !== undefined && known.includes(other)
      ? other
      : isReserved(found)
        ? undefined
        : nearest(found.image, wantedWords(stop));
  if (near === undefined) return undefined;
  return say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, `did you mean \`${near}\`?`);
};

/** `at "ip_*"` */
export const quotedPoint: Mistake = (stop) =>
  stop.found?.tokenType === t.Quoted && wants(stop, t.Glob)
    ? say(
        "PWQ1001",
        spanOf(stop.found),
        `unexpected ${quote(stop.found)}`,
        "a function or glob stands without quotes here",
      )
    : undefined;

/** `show *` */
export const showAll: Mistake = ({ found, previous }) =>
  found?.tokenType === t.Star && previous?.tokenType === t.Show
    ? say(
        "PWQ1001",
        spanOf(found),
        "unexpected `*`",
        "name the columns, or leave `show` out for the usual ones",
      )
    : undefined;

/** `limit packets`: the word of the place stands where its number should. */
export const missingNumber: Mistake = ({ previous, wanted }) => {
  const words = wanted.flatMap(({ rule }) => PLACE_WORDS[rule] ?? []);
  return previous !== undefined && words.some(({ text }) => text === previous.image)
    ? say("PWQ1001", spanOf(previous), `unexpected ${quote(previous)}`, "a number is missing before it")
    : undefined;
};
