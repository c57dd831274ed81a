import { expect, it } from "vitest";
import { printProgram } from "../../grammar/index.ts";
import { lex, statements } from "../../grammar/lexer.ts";
import { PwqParser } from "../../grammar/rules/statement.ts";
import { stopOf } from "../../grammar/stop.ts";
import { VOCABULARY } from "../../grammar/tokens.ts";
import { Random, Trees } from "./random.ts";

const parser = new PwqParser();
const signs = [...VOCABULARY.values()].flatMap(({ text }) => text ?? []);

/** A program with some of its words dropped, doubled or replaced. */
function mutated(seed: number): string {
  const random = new Random(seed);
  const words = printProgram(new Trees(seed).program(), "").split(/(?<=[ ,(){}])|(?=[,(){}])/);
  for (let changes = random.below(3); changes > 0; changes--) {
    const at = random.below(words.length);
    words.splice(at, random.below(2), ...(random.chance(60) ? [` ${random.pick(signs)} `] : []));
  }
  return words.join("");
}

// Messages and completion come from the automaton, trees from the parser: they must mean the same language.
it("the automaton stops where the parser does, and nowhere else", { timeout: 60_000 }, () => {
  let stopped = 0;
  for (let seed = 0; seed < 1500; seed++)
    for (const { tokens } of statements(lex(mutated(seed)))) {
      parser.begin(tokens);
      parser.statement();
      const stop = stopOf("", tokens, "statement");
      const accepts = stop.found === undefined && stop.complete;
      const text = tokens.map(({ image }) => image).join(" ");
      expect(accepts, text).toBe(parser.errors.length === 0);
      if (!accepts) stopped++;
    }
  expect(stopped).toBeGreaterThan(500);
});
