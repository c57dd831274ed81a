import type * as Acorn from "acorn";
import type { Source } from "../../compiler/source.ts";
import { Joined, type Place } from "./joined.ts";
import { declaredNames } from "./nodes.ts";
import { parseScript, type Script } from "./script.ts";

/** An entry at the prompt, read as TypeScript. */
export type Line =
  | {
      readonly kind: "code";
      readonly code: string;
      /** The way back from offsets into the code. */
      readonly origin: Joined;
      /** What it declares for the lines after it. */
      readonly names: readonly string[];
    }
  /** It goes on in the next line. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "wrong"; readonly at: Place; readonly problem: string };

/** Reads an entry. What begins with a brace is an object if it can be one, and else a block. */
export function readLine(source: Source): Line {
  const text = source.text.trimEnd();
  const plain = attempt(source, "", text, "");
  if (!text.trimStart().startsWith("{")) return lineOf(plain);
  const object = attempt(source, "(", text, ")");
  if ("code" in object.script) return lineOf(object);
  const line = lineOf(plain);
  return line.kind === "wrong" && isUnfinished(attempt(source, "(", text, ""))
    ? { kind: "unfinished" }
    : line;
}

interface Attempt {
  readonly joined: Joined;
  readonly script: Script;
}

function attempt(source: Source, before: string, text: string, after: string): Attempt {
  const joined = new Joined();
  if (before !== "") joined.addOwn(before);
  joined.add(text, source);
  if (after !== "") joined.addOwn(after);
  return { joined, script: parseScript(joined, "script") };
}

function lineOf(attempted: Attempt): Line {
  const { joined, script } = attempted;
  if (isUnfinished(attempted)) return { kind: "unfinished" };
  if ("problem" in script)
    return { kind: "wrong", at: joined.place(script.start, script.end)!, problem: script.problem };
  return { kind: "code", code: shared(script), origin: joined, names: [...topNames(script.tree)] };
}

/** More text could mend it: it is wrong at its end, or a template or comment is open. A string ends on its line. */
const isUnfinished = ({ joined, script }: Attempt): boolean =>
  "problem" in script &&
  (script.start >= joined.text.length || /^unterminated (template|block comment)/.test(script.problem));

/**
 * The code with its outermost `let` and `const` made `var`, which later lines can see and declare anew: a line that is
 * corrected and typed again is no error.
 */
function shared({ code, tree }: Extract<Script, { code: string }>): string {
  let text = "";
  let done = 0;
  for (const node of tree.body) {
    if (node.type !== "VariableDeclaration" || node.kind === "var") continue;
    const { start, kind } = node;
    text += code.slice(done, start) + "var".padEnd(kind.length);
    done = start + kind.length;
  }
  return text + code.slice(done);
}

/** Names of the outermost declarations. */
function topNames({ body }: Acorn.Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of body) {
    if (node.type === "VariableDeclaration")
      for (const each of node.declarations)
        for (const name of declaredNames({ ...each, init: null })) names.add(name);
    else if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") names.add(node.id.name);
  }
  return names;
}
