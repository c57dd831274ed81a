import { describe, expect, it } from "vitest";
import {
  expected,
  isComplete,
  parse,
  parseExpression,
  type Span,
  SYNTAX_CODES,
  tokens,
} from "../../grammar/index.ts";
import { VOCABULARY } from "../../grammar/tokens.ts";
import { Random } from "./random.ts";

const WORDS = [
  ...[...VOCABULARY.values()].flatMap(({ text }) => text ?? []),
  ..."skb mark tcp.dport 443 0x 10.0.0.1 10.0.0.0/33 ::1 aa:bb:cc:dd:ee:ff 5s 5sec $port ip_* =~ ; ? “ ö @x".split(
    " ",
  ),
  '"text"',
  '"open',
  "'single'",
  "\n",
  "\n",
  "# remark\n",
  "## doc\n",
  "tcp.",
  "\\",
  "`",
  "\r\n",
  "\u0000",
  "\ud800",
];

const soup = (random: Random) =>
  random.list(25, () => random.pick(WORDS)).join(random.pick([" ", " ", "", "\n"]));
const noise = (random: Random) =>
  random.list(60, () => String.fromCharCode(random.below(random.pick([128, 256, 65536])))).join("");
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the text of a program
const broken = (random: Random) => {
  const text =
    'trace skb at ip_*, !x where tcp.dport in {80, 443} and comm ~ "ng*" until drop, fn(ip_rcv) show skb->dev->name as d for 10s\non drop (e) { if (/[}]/.test("}")) print(`${1}`); }\n';
  const cut = random.below(text.length);
  const length = random.below(4);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the text of a program
  return text.slice(0, cut) + (random.chance(50) ? random.pick(WORDS) : "") + text.slice(cut + length);
};

/** What does not hold for a text; plain comparisons, since there are millions. */
function faults(text: string): string[] {
  const found: string[] = [];
  const inside = ({ start, end }: Span) =>
    Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= text.length;

  const { program, problems } = parse(text);
  let last = 0;
  for (const { code, span, message } of problems) {
    if (!Object.hasOwn(SYNTAX_CODES, code)) found.push(`no such code: ${code}`);
    if (!inside(span)) found.push(`${message} at ${span.start}..${span.end}`);
    if (span.start < last) found.push(`${message} is out of order`);
    last = span.start;
  }
  JSON.stringify(program, (key, value) => {
    if ((/span$/i.test(key) || key === "body") && !inside(value))
      found.push(`${key} ${JSON.stringify(value)}`);
    return typeof value === "bigint" ? value.toString() : value;
  });

  const expression = parseExpression(text);
  if ((expression.expression === undefined) !== expression.problems.length > 0)
    found.push("an expression and a problem, or neither");
  isComplete(text);
  const { prefix, span } = expected(text, text.length);
  if (text.slice(span.start, span.end) !== prefix) found.push("the word at the cursor");

  let end = 0;
  for (const token of tokens(text)) {
    if (token.span.start < end || token.span.end <= token.span.start) found.push("tokens out of order");
    end = token.span.end;
  }
  return found;
}

/** Generous, for a busy machine; it takes a second. */
const TIMEOUT = 60_000;

describe("no text whatsoever throws or is given a place outside of it", { timeout: TIMEOUT }, () => {
  it.each([
    ["words of the language in any order", soup],
    ["characters in any order", noise],
    ["a program with a hole", broken],
  ])("%s", (_, make) => {
    for (let seed = 0; seed < 1000; seed++) {
      const text = make(new Random(seed));
      expect(faults(text), JSON.stringify(text)).toEqual([]);
    }
  });

  it.each([
    ["(".repeat(100_000)],
    [`def x = ${"(".repeat(64)}1${")".repeat(64)}`],
    [`def x = ${"not ".repeat(10_000)}a`],
    [`def x = ${"a or ".repeat(50_000)}a`],
    [`def x = ${"-".repeat(50_000)}1`],
    [`def x = {${"1,".repeat(20_000)}}`],
    [`trace skb at ${"drop,".repeat(20_000)}x`],
    [`trace skb at ${"ip_*,".repeat(20_000)}x`],
    [`trace skb where ${"a".repeat(200_000)}`],
    [`trace skb where ${"1".repeat(200_000)}`],
    [`trace skb where ${":".repeat(200_000)}`],
    [`trace skb where "${"\\".repeat(200_000)}`],
    [`on drop (e) {${"{`${".repeat(20_000)}`],
    [`on drop (e) {${"/".repeat(100_000)}`],
    ["“".repeat(100_000)],
    ["## doc\n".repeat(20_000)],
    ["trace skb\n".repeat(5_000)],
  ])("a text of extreme shape", (text) => {
    const started = performance.now();
    expect(faults(text)).toEqual([]);
    // Far above what it takes, and below what anything quadratic would.
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

// The longest and deepest that is allowed must not overflow the stack either.
it("a set may be as long as one likes, and brackets as deep as the limit", () => {
  expect(parse(`def x = {${"1,".repeat(20_000)}}`).problems).toEqual([]);
  expect(parse(`def x = ${"(".repeat(64)}1${")".repeat(64)}`).problems).toEqual([]);
  expect(parse(`def x = ${"a or ".repeat(1000)}a`).problems).toEqual([]);
});
