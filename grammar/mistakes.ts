/**
 * The mistakes people make, each with the answer that helps. A statement that does not parse is shown to one after the
 * other; the first that recognises it answers.
 */
import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { Span } from "./ast.ts";
import type { SyntaxCode, SyntaxProblem } from "./errors.ts";
import { endOf } from "./lexer.ts";
import { nearest } from "./nearest.ts";
import { spanOf } from "./nodes.ts";
import { CLOSER_OF, CLOSERS, isReserved, type Stop, wants } from "./stop.ts";
import * as t from "./tokens.ts";
import { describe, spelled } from "./wanted.ts";

type Mistake = (stop: Stop) => SyntaxProblem | undefined;

const say = (
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
const quote = (token: IToken): string => {
  const line = token.image.split("\n", 1)[0] ?? "";
  return `\`${line.length > 40 || line.length < token.image.length ? `${line.slice(0, 37)}…` : line}\``;
};
const label = (type: TokenType): string => type.LABEL ?? type.name;
const isWord = (token: IToken): boolean => tokenMatcher(token, t.AnyWord);
const startsValue = ({ tokenType }: IToken): boolean =>
  t.entryOf(tokenType)?.group === "value" || (tokenType.CATEGORIES ?? []).includes(t.Name);

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

const badCharacter: Mistake = ({ found }) => {
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

const foreignSign: Mistake = ({ found }) =>
  found?.tokenType === t.Foreign
    ? say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, FOREIGN[found.image])
    : undefined;

const CLAUSE_WORDS = [...t.VOCABULARY.values()].flatMap(({ group, text = "" }) =>
  group === "clause" ? text : [],
);
/** What other tools call it. */
const OTHER_STATEMENTS: Readonly<Record<string, string>> = {
  let: "def",
  const: "def",
  var: "param",
  import: "use",
  include: "use",
  select: "trace",
  kprobe: "trace",
  probe: "trace",
};

const unknownStatement: Mistake = (stop) => {
  const { found, index, text, complete } = stop;
  if (found === undefined || stop.rule !== "statement") return undefined;
  const own = index > 0 && complete && t.startsLine(text, found.startOffset);
  if (index > 0 && !own) return undefined;
  if (own && nearest(found.image, texts(stop)) !== undefined) return undefined;
  const image = found.tokenType === t.Annotation || isWord(found) ? found.image : "";
  const other = Object.hasOwn(OTHER_STATEMENTS, image) ? OTHER_STATEMENTS[image] : undefined;
  const near = other ?? nearest(image, t.STATEMENT_WORDS);
  const span = spanOf(found);
  if (near !== undefined)
    return say("PWQ1015", span, `unknown statement ${quote(found)}`, `did you mean \`${near}\`?`);
  if (found.tokenType === t.Annotation)
    return say("PWQ1015", span, `unknown statement ${quote(found)}`, "there are `@tags` and `@requires`");
  if (t.STATEMENT_STARTS.has(found.tokenType))
    return say("PWQ1001", span, `unexpected ${quote(found)}`, "a statement starts on a line of its own");
  const clause = t.entryOf(found.tokenType)?.group === "clause" ? image : nearest(image, CLAUSE_WORDS);
  if (clause !== undefined)
    return say(
      "PWQ1015",
      span,
      `${quote(found)} starts no statement`,
      `a query starts with \`trace skb\`: \`trace skb ${clause} …\``,
    );
  if (own && !startsValue(found)) return undefined;
  const help =
    index === 0 && startsValue(found) ? "a query: `trace skb where tcp.dport == 443 until drop`" : undefined;
  return say(
    "PWQ1015",
    span,
    `unknown statement ${quote(found)}`,
    `a statement starts with ${statementList}`,
    help,
  );
};
const statementList = "`trace`, `def`, `param`, `use`, `on`, `@tags` or `@requires`";

/** The spellings that may come here. */
const texts = ({ wanted }: Stop): string[] =>
  spelled(wanted)
    .map((type) => t.entryOf(type)?.text ?? "")
    .filter((text) => /^[a-z]/.test(text));

const missingSubject: Mistake = ({ found, previous, tokens }) => {
  if (previous?.tokenType !== t.Trace) return undefined;
  const span = found === undefined ? emptyBehind(tokens.at(-1)!) : spanOf(previous);
  return say("PWQ1014", span, "`trace` needs a subject", "`trace skb`, `trace drop` or `trace xdp`");
};

const emptyBehind = (token: IToken): Span => ({ start: endOf(token), end: endOf(token) });

const singleEquals: Mistake = (stop) =>
  stop.found?.tokenType === t.Assign && wants(stop, t.CompareOp)
    ? say("PWQ1010", spanOf(stop.found), "`=` does not compare", "did you mean `==`?")
    : undefined;

const doubleEquals: Mistake = (stop) =>
  stop.found?.tokenType === t.Equal && wants(stop, t.Assign)
    ? say("PWQ1001", spanOf(stop.found), "unexpected `==`", "did you mean `=`?")
    : undefined;

const ownLine: Mistake = ({ found, text, complete }) =>
  found !== undefined &&
  complete &&
  t.STATEMENT_STARTS.has(found.tokenType) &&
  !t.startsLine(text, found.startOffset)
    ? say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, "a statement starts on a line of its own")
    : undefined;

const unfinishedName: Mistake = ({ found, previous }) =>
  found?.tokenType === t.Dot && previous !== undefined && endOf(previous) === found.startOffset
    ? say("PWQ1001", spanOf(found), "unexpected `.`", "a name must follow it, without a blank")
    : undefined;

const chained: Mistake = (stop) => {
  const { found, tokens, index } = stop;
  const compares = (token: IToken | undefined) =>
    token !== undefined &&
    (t.entryOf(token.tokenType)?.group === "comparison" || token.tokenType === t.Assign);
  const notIn = found?.tokenType === t.Not && tokens[index + 1]?.tokenType === t.In;
  if (found === undefined || !(compares(found) || notIn)) return undefined;
  if (wants(stop, t.CompareOp) || !wants(stop, t.OrOp)) return undefined;
  return say(
    "PWQ1011",
    spanOf(found),
    "comparisons cannot be chained",
    "join two with `and`: `a < b and b < c`",
  );
};

const emptySet: Mistake = ({ found, previous }) =>
  found?.tokenType === t.RCurly && previous?.tokenType === t.LCurly
    ? say(
        "PWQ1016",
        { start: previous.startOffset, end: endOf(found) },
        "this set is empty",
        "nothing is in it: name what should be",
      )
    : undefined;

const brackets: Mistake = (stop) => {
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
      `expected ${label(CLOSER_OF.get(opener.tokenType)!)}`,
    );
  }
  if (opener === undefined || !wants(stop, CLOSER_OF.get(opener.tokenType)!)) return undefined;
  if (found !== undefined && t.entryOf(found.tokenType)?.group !== "clause") return undefined;
  return say(
    "PWQ1012",
    spanOf(opener),
    `this ${quote(opener)} is not closed`,
    `a ${label(CLOSER_OF.get(opener.tokenType)!)} is missing`,
  );
};

const danglingComma: Mistake = ({ found, previous }) => {
  if (previous?.tokenType !== t.Comma || found === undefined || !isReserved(found)) return undefined;
  return say(
    "PWQ1001",
    spanOf(previous),
    "nothing follows this `,`",
    `remove it: ${quote(found)} starts the next clause`,
  );
};

const andForComma: Mistake = (stop) => {
  const { found } = stop;
  if (found === undefined) return undefined;
  if (found.tokenType === t.Comma && wants(stop, t.AndOp) && !wants(stop, t.Comma))
    return say("PWQ1001", spanOf(found), "unexpected `,`", "conditions are joined with `and` or `or`");
  const joins = tokenMatcher(found, t.OrOp) || tokenMatcher(found, t.AndOp);
  if (joins && wants(stop, t.Comma) && !wants(stop, t.OrOp))
    return say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, "a list is written with `,`");
  return undefined;
};

/** Clauses and words of other languages, by what pwq calls them. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  filter: "where",
  if: "where",
  print: "show",
  select: "show",
  output: "show",
  xor: "^",
  regex: "matches",
  like: "~",
  contains: "has",
  group: "by",
  during: "for",
  timeout: "for",
  head: "limit",
};

const misspelt: Mistake = (stop) => {
  const { found } = stop;
  if (found === undefined || !(isWord(found) || found.tokenType === t.DottedName)) return undefined;
  const known = spelled(stop.wanted).map((type) => t.entryOf(type)?.text ?? "");
  const other = Object.hasOwn(OTHER_WORDS, found.image) ? OTHER_WORDS[found.image] : undefined;
  const near =
    other !== undefined && known.includes(other)
      ? other
      : isReserved(found)
        ? undefined
        : nearest(found.image, texts(stop));
  if (near === undefined) return undefined;
  return say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, `did you mean \`${near}\`?`);
};

/** Words that start a filter of tcpdump's. */
const PCAP_WORDS = new Set(
  "host net port portrange src dst proto tcp udp icmp ip ip6 arp ether vlan".split(" "),
);

const missingBetween: Mistake = (stop) => {
  const { found, previous } = stop;
  if (found === undefined || previous === undefined || !startsValue(found)) return undefined;
  const operator = wants(stop, t.CompareOp) && wants(stop, t.OrOp);
  const comma = wants(stop, t.Comma);
  if (!operator && !comma) return undefined;
  const unexpected = `unexpected ${quote(found)}`;
  if (comma && (!operator || isWord(found) || found.tokenType === t.DottedName))
    return say("PWQ1001", spanOf(found), unexpected, "a `,` is missing before it");
  const pcap = isWord(previous) && PCAP_WORDS.has(previous.image.split(".").at(-1)!) ? PCAP_HELP : undefined;
  return say("PWQ1001", spanOf(found), unexpected, "an operator is missing before it, such as `==`", pcap);
};
const PCAP_HELP = 'a filter in tcpdump\'s language stands in quotes: `where pcap "host 10.0.0.1"`';

const reservedName: Mistake = (stop) => {
  const { found, previous } = stop;
  if (found === undefined || !isReserved(found)) return undefined;
  if (previous?.tokenType === t.Def)
    return say("PWQ1001", spanOf(found), `${quote(found)} is a keyword`, "a definition needs another name");
  return undefined;
};

const ended: Mistake = (stop) => {
  if (stop.found !== undefined) return undefined;
  const last = stop.tokens.at(-1);
  const span = last === undefined ? { start: stop.text.length, end: stop.text.length } : emptyBehind(last);
  const after = last === undefined ? "" : ` after ${quote(last)}`;
  return say(
    "PWQ1002",
    span,
    `something is missing${after}`,
    `expected ${describe(stop.wanted, stop.complete)}`,
  );
};

const unexpected: Mistake = (stop) =>
  stop.found === undefined
    ? undefined
    : say(
        "PWQ1001",
        spanOf(stop.found),
        `unexpected ${isReserved(stop.found) ? "keyword " : ""}${quote(stop.found)}`,
        `expected ${describe(stop.wanted, stop.complete)}`,
      );

/** From the special to the general; the last two always answer. */
export const MISTAKES: readonly Mistake[] = [
  badCharacter,
  foreignSign,
  unknownStatement,
  missingSubject,
  singleEquals,
  doubleEquals,
  ownLine,
  unfinishedName,
  chained,
  emptySet,
  brackets,
  danglingComma,
  andForComma,
  misspelt,
  reservedName,
  missingBetween,
  ended,
  unexpected,
];
