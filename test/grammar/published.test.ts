import { readFileSync } from "node:fs";
import { type IProduction, NonTerminal, type TokenType } from "chevrotain";
import { describe, expect, it } from "vitest";
import { PwqParser } from "../../grammar/rules/statement.ts";
import { Annotation, BadText, CATEGORIES, Foreign, VOCABULARY } from "../../grammar/tokens.ts";
import { PLACE_LABELS, PLACE_WORDS } from "../../grammar/words.ts";

const parser = new PwqParser({ validate: true });
const rules = parser.getGAstProductions();

type Inner = IProduction & { terminalType?: TokenType; separator?: TokenType; definition?: IProduction[] };

/** The tokens that a rule wants by itself. */
function terminalsOf({ terminalType, separator, definition = [] }: Inner): TokenType[] {
  const inner = definition.filter((part) => !(part instanceof NonTerminal)).flatMap(terminalsOf);
  return [terminalType, separator, ...inner].filter((type) => type !== undefined);
}

describe("the rules", () => {
  it("are valid: no ambiguity, no left recursion", () => {
    expect(Object.keys(rules).length).toBeGreaterThan(50);
  });

  it("use every token, but those that exist for messages", () => {
    const used = new Set(Object.values(rules).flatMap(terminalsOf));
    const reached = (type: TokenType) =>
      used.has(type) || (type.CATEGORIES ?? []).some((category) => used.has(category));
    const unused = [...VOCABULARY.keys(), ...CATEGORIES].filter((type) => !reached(type));
    expect(unused.map(({ name }) => name)).toEqual([
      "Blank",
      "Comment",
      Foreign.name,
      Annotation.name,
      BadText.name,
    ]);
  });

  it("are those that the tables of words and labels name", () => {
    for (const rule of Object.keys(PLACE_WORDS)) expect(rules).toHaveProperty(rule);
    for (const key of Object.keys(PLACE_LABELS)) {
      const [rule = "", token] = key.split(" ");
      expect(rules).toHaveProperty(rule);
      expect(
        terminalsOf(rules[rule]!).map(({ name }) => name),
        key,
      ).toContain(token);
    }
  });
});

it("grammar/generated is what scripts/grammar.mjs writes", async () => {
  const script = new URL("../../scripts/grammar.mjs", import.meta.url).href;
  const { generate } = (await import(script)) as { generate(): Promise<Record<string, string>> };
  for (const [name, content] of Object.entries(await generate())) {
    const file = readFileSync(new URL(`../../grammar/generated/${name}`, import.meta.url), "utf8");
    expect(file === content, `${name} is not current: node scripts/grammar.mjs`).toBe(true);
  }
});
