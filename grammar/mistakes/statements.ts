import { nearest } from "../nearest.ts";
import { spanOf } from "../nodes.ts";
import { isReserved } from "../stop.ts";
import * as t from "../tokens.ts";
import { PCAP_HELP, PCAP_WORDS } from "./lists.ts";
import { behind, isWord, type Mistake, quote, say, startsValue, wantedWords } from "./mistake.ts";

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

export const unknownStatement: Mistake = (stop) => {
  const { found, index, text, complete } = stop;
  if (found === undefined || stop.rule !== "statement") return undefined;
  const own = index > 0 && complete && t.startsLine(text, found.startOffset);
  if (index > 0 && !own) return undefined;
  if (own && nearest(found.image, wantedWords(stop)) !== undefined) return undefined;
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
  const clause = t.entryOf(found.tokenType)?.group === "clause" ? image : nearestClause(image);
  if (clause !== undefined)
    return say(
      "PWQ1015",
      span,
      `${quote(found)} starts no statement`,
      `a query starts with \`trace skb\`: \`trace skb ${clause} …\``,
    );
  if (own && !startsValue(found)) return undefined;
  const help = PCAP_WORDS.has(image) ? PCAP_HELP : QUERY_HELP;
  return say(
    "PWQ1015",
    span,
    `unknown statement ${quote(found)}`,
    `a statement starts with ${statementList}`,
    index === 0 && startsValue(found) ? help : undefined,
  );
};
const QUERY_HELP = "a query: `trace skb where tcp.dport == 443 until drop`";
/** Three letters are too few to guess from: `tcp` is not `top`. */
const nearestClause = (image: string) => (image.length > 3 ? nearest(image, CLAUSE_WORDS) : undefined);
const statementList = "`trace`, `def`, `param`, `use`, `on`, `@tags` or `@requires`";

export const missingSubject: Mistake = ({ found, previous, tokens }) => {
  if (previous?.tokenType !== t.Trace) return undefined;
  const span = found === undefined ? behind(tokens.at(-1)!) : spanOf(previous);
  return say("PWQ1014", span, "`trace` needs a subject", "`trace skb`, `trace drop` or `trace xdp`");
};

export const ownLine: Mistake = ({ found, text, complete }) =>
  found !== undefined &&
  complete &&
  t.STATEMENT_STARTS.has(found.tokenType) &&
  !t.startsLine(text, found.startOffset)
    ? say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, "a statement starts on a line of its own")
    : undefined;

export const reservedName: Mistake = (stop) => {
  const { found, previous } = stop;
  if (found === undefined || !isReserved(found)) return undefined;
  if (previous?.tokenType === t.Def)
    return say("PWQ1001", spanOf(found), `${quote(found)} is a keyword`, "a definition needs another name");
  return undefined;
};
