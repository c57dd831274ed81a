import { beginsStatement, expected } from "../../grammar/index.ts";
import { candidatesOf, type World } from "./candidates.ts";
import { commandCompletions } from "./commands.ts";
import { typescriptNames } from "./complete-typescript.ts";
import { keptIn } from "./kept.ts";
import type { Repl } from "./repl.ts";

/** What may stand at the end of `text`: whole words, and what of them is typed already. */
export function completions(
  text: string,
  repl: Repl,
): readonly [candidates: readonly string[], prefix: string] {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  if (/^\s*\./.test(text)) return commandCompletions(line.trimStart(), repl);
  if (text.trim() !== "" && beginsStatement(text)) return languageCompletions(text, worldOf(repl));
  const [names, prefix] = typescriptNames(text, { declared: repl.thinking.declared, last: repl.last });
  // Nothing but a word stands there: it may become a statement, too.
  const statements = text.trim() === prefix ? languageCompletions(text, worldOf(repl))[0] : [];
  return [matching([...names, ...statements], prefix), prefix];
}

/** By the grammar: each thing that may come is asked for its names. */
export function languageCompletions(
  text: string,
  world: World,
): readonly [candidates: readonly string[], prefix: string] {
  const { expectations, prefix } = expected(text, text.length);
  const names = expectations.flatMap((expectation) => [...candidatesOf(expectation, prefix, world)]);
  return [matching(names, prefix), prefix];
}

/** Names that begin so, each once, in the order of the alphabet. */
export const matching = (names: Iterable<string>, prefix: string): readonly string[] =>
  [...new Set(names)].filter((name) => name.startsWith(prefix) && name !== prefix).sort();

/** Definitions and parameters that were entered, and the kernel if there is one to ask. */
function worldOf(repl: Repl): World {
  const named = (pattern: RegExp): readonly string[] =>
    repl.kept.flatMap(({ text }) => keptIn(text).flatMap(() => pattern.exec(text)?.[1] ?? []));
  return {
    definitions: named(/^def\s+(\w+)/m),
    parameters: named(/^param\s+(\w+)/m),
    facts: () => {
      try {
        return repl.facts();
      } catch {
        return undefined;
      }
    },
  };
}
