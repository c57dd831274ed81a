/**
 * What an entry is. The grammar decides: if its first word begins a statement of the language (`pwq`, `use`, `param`,
 * `def`, `trace`, `on`, `@tags`, `@requires`), or it is comments alone, it is pwq; everything else is TypeScript. Where it is no
 * TypeScript either and its first word looks like a misspelt one, it is pwq after all, whose error says so.
 */
import { beginsStatement, isComplete, nearlyBegins } from "../../grammar/index.ts";
import { type Line, readLine } from "../hooks/source/line.ts";
import { PROMPT } from "./composed.ts";

export type Entry = { readonly language: "pwq" } | { readonly language: "typescript"; readonly line: Line };

export function entryOf(text: string): Entry {
  if (beginsStatement(text)) return { language: "pwq" };
  const line = readLine({ name: PROMPT, text });
  if (line.kind === "wrong" && nearlyBegins(text)) return { language: "pwq" };
  return { language: "typescript", line };
}

/** False: it goes on in the next line. */
export function isWhole(text: string): boolean {
  const entry = entryOf(text);
  return entry.language === "pwq" ? isComplete(text) : entry.line.kind !== "unfinished";
}
