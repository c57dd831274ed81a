/** Characters and signs that pwq does not have. */
import { spanOf } from "../nodes.ts";
import * as t from "../tokens.ts";
import { type Mistake, quote, say, touches } from "./mistake.ts";

/** Pasted typography and shell habits. */
const CHARACTERS: Readonly<Record<string, string>> = {
  "“": 'strings stand in straight quotes: `"`',
  "”": 'strings stand in straight quotes: `"`',
  "„": 'strings stand in straight quotes: `"`',
  "‘": 'strings stand in straight double quotes: `"`',
  "’": 'strings stand in straight double quotes: `"`',
  "–": "a minus is `-`",
  "—": "a minus is `-`",
  "−": "a minus is `-`",
  "×": "times is `*`",
  "≤": "write `<=`",
  "≥": "write `>=`",
  "≠": "write `!=`",
  "→": "write `->`",
  "…": "a range is written `..`",
  "`": 'strings stand in double quotes: `"`',
  "\\": "a statement goes on over the next line by itself",
};

export const badCharacter: Mistake = ({ found }) => {
  if (found?.tokenType !== t.BadText) return undefined;
  const [first = ""] = found.image;
  const code = `U+${first.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
  const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(first) ? `\`${first}\`` : code;
  const span = { start: found.startOffset, end: found.startOffset + first.length };
  const hint = Object.hasOwn(CHARACTERS, first) ? CHARACTERS[first] : undefined;
  const otherwise = /\p{L}/u.test(first) ? "names have the letters a-z" : undefined;
  return say("PWQ1004", span, `${shown} means nothing here`, hint ?? otherwise);
};

const FOREIGN: Readonly<Record<string, string>> = {
  "===": "write `==`",
  "!==": "write `!=`",
  "<>": "write `!=`",
  "=~": "a glob is matched with `~`, a regular expression with `matches`",
  "!~": "write `not … ~ …`",
  ":=": "write `=`",
  ";": "a newline ends a statement",
  "?": "there is no `?`; a field that a packet does not have is never true",
};

export const foreignSign: Mistake = ({ found }) =>
  found?.tokenType === t.Foreign
    ? say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, FOREIGN[found.image])
    : undefined;

export const unfinishedName: Mistake = ({ found, previous }) =>
  found?.tokenType === t.Dot && touches(previous, found)
    ? say("PWQ1001", spanOf(found), "unexpected `.`", "a name must follow it, without a blank")
    : undefined;
