import { describe, expect, it } from "vitest";
import { type Automaton, compilePattern } from "../../../src/compiler/codegen/dfa.ts";
import { byteString, textMatcher } from "../../../src/compiler/text-match.ts";
import { Random } from "../../random.ts";

type How = "glob" | "regex";

function automaton(how: How, pattern: string, maxLength = 16): Automaton {
  const compiled = compilePattern(how, pattern, maxLength);
  if ("problem" in compiled) throw new Error(`${pattern}: ${compiled.problem}`);
  return compiled;
}

/** As the generated code does it. */
function run({ start, next, classes, classCount, accepting }: Automaton, text: string): boolean {
  let state = start;
  for (const byte of new TextEncoder().encode(text)) state = next[state * classCount + classes[byte]!]!;
  return accepting[state] === 1;
}

const problem = (how: How, pattern: string): string => {
  const compiled = compilePattern(how, pattern, 16);
  return "problem" in compiled ? compiled.problem : `${compiled.stateCount} states`;
};

const REGEXES = [
  "",
  "a",
  "^",
  "$",
  "^$",
  "^a$",
  "ab|ba",
  "^(ab|ba)*$",
  "(^a|b$)",
  "a{2}",
  "^a{1,3}$",
  "^(a{2}b){2}$",
  "a{2,}b",
  "^a+?b*?$",
  "^[ab]c?$",
  "^[^ab]*$",
  "[a-c]{3}",
  "\\d+$",
  "^\\w+$",
  "\\s",
  "^\\W\\S\\D$",
  "a.b",
  "a\\.b",
  "(?:a|b)(?<name>c)",
  "[]",
  "^[^]$",
  "^(a*)*b$",
  "(a|$)b?",
  "(?:^a)*b$",
  "[\\d_-]$",
  "\\x61\\u0062",
  "a{,2}",
  "x|",
  "^ä$",
  "b^a",
  "a$b",
];
const GLOBS = [
  "",
  "*",
  "?",
  "a*",
  "*a",
  "*a*b*",
  "a?c",
  "[ab]*",
  "[!ab]*",
  "[a-c]?",
  "a.b",
  "[!]",
  "[]",
  "[",
  "a[b",
  "ä*",
  "[-a]",
  "[a-]",
  "^$",
  "[^a]",
];
const LETTERS = ["a", "b", "c", "d", "_", "-", ".", "1", " ", "\n", "ä", "^", "$", "[", "{"];

describe("pattern automata", () => {
  const random = new Random(7);
  const word = (): string => Array.from({ length: random.int(0, 7) }, () => random.pick(LETTERS)).join("");
  const texts = ["", ...LETTERS, ...Array.from({ length: 400 }, word)];

  it.each(REGEXES)("regex `%s` agrees with JavaScript", (pattern) => {
    const matches = textMatcher("regex", pattern);
    const compiled = automaton("regex", pattern);
    expect(texts.filter((text) => run(compiled, text))).toEqual(texts.filter(matches));
  });

  it.each(GLOBS)("glob `%s` agrees with the glob of function names", (pattern) => {
    const matches = textMatcher("glob", pattern);
    const compiled = automaton("glob", pattern);
    expect(texts.filter((text) => run(compiled, text))).toEqual(texts.filter(matches));
  });

  it("agrees with JavaScript on random expressions", () => {
    const piece = (depth: number): string => {
      const inner = (): string => piece(depth - 1);
      const made = depth === 0 ? random.int(0, 4) : random.int(0, 9);
      if (made <= 2) return random.pick(["a", "b", "c", "1"]);
      if (made === 3) return random.pick([".", "[ab]", "[^a]", "\\d", "\\w"]);
      if (made === 4) return depth > 0 ? random.pick(["^", "$", "a"]) : "b";
      if (made <= 6) return inner() + inner();
      if (made === 7) return `(?:${inner()}|${inner()})`;
      return `(?:${inner()})${random.pick(["*", "+", "?", "{2}", "{0,2}", "{1,}"])}`;
    };
    for (let i = 0; i < 150; i++) {
      const pattern = piece(4);
      const matches = textMatcher("regex", pattern);
      const compiled = automaton("regex", pattern);
      const some = texts.slice(i, i + 120);
      expect([pattern, some.filter((text) => run(compiled, text))]).toEqual([pattern, some.filter(matches)]);
    }
  });

  it("is as small as can be, and every state can be reached", () => {
    expect(automaton("regex", "abc").stateCount).toBe(4);
    expect(automaton("glob", "eth*").stateCount).toBe(5);
    expect(automaton("regex", "(a|b|c|d)").classCount).toBe(2);
    for (const pattern of REGEXES) {
      const { stateCount, classCount, next, start } = automaton("regex", pattern);
      const reached = new Set([start]);
      for (const state of reached) {
        for (let c = 0; c < classCount; c++) reached.add(next[state * classCount + c]!);
      }
      expect([pattern, reached.size]).toEqual([pattern, stateCount]);
    }
  });

  it("cuts repetitions off at the length of the text", () => {
    expect(automaton("regex", "^a{3,100000}$", 4).stateCount).toBeLessThan(8);
    expect(run(automaton("regex", "^a{100000}$", 4), "aaaa")).toBe(false);
    expect(run(automaton("regex", "^(a?){100000}$", 4), "aaaa")).toBe(true);
  });

  it.each([
    ["a(?=b)", "`(?=` looks around, which is not supported"],
    ["(?<!b)a", "`(?<!` looks around, which is not supported"],
    ["(a)\\1", "`\\1` refers back, which is not supported"],
    ["\\ba", "`\\b` looks around, which is not supported"],
    ["a\\cA", "`\\c` is not supported"],
    ["[\\d-z]", "`\\d-z` is not a range"],
    ["(a", "/(a/: Unterminated group"],
    ["a**", "/a**/: Nothing to repeat"],
    ["(a|b)*a(a|b){14}", "the pattern is too large"],
    ["(a|b)*a(a|b){9}$", "the pattern needs 1024 states, and 255 are the most"],
  ])("says what is wrong with `%s`", (pattern, message) => {
    expect(problem("regex", pattern)).toBe(message);
  });

  it("refuses what would grow without end", () => {
    expect(compilePattern("regex", "((a{99}){99}){99}", 128)).toEqual({
      problem: "the pattern is too large",
    });
  });

  it("says what is wrong with a glob", () => {
    expect(problem("glob", "[z-a]")).toBe("the range `z-a` ends before it starts");
  });

  it("sees text as bytes", () => {
    expect(byteString("aä")).toBe("a\u00c3\u00a4");
    expect(run(automaton("regex", "^..$"), "ä")).toBe(true);
  });
});
