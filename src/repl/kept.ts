/**
 * What entries at the prompt leave for later ones: definitions, parameters, used files, hooks, metadata. A statement
 * takes the place of an earlier one that it names again, so that a definition can be corrected.
 */
import { type Program, parse } from "../../grammar/index.ts";

type Statement = Program["statements"][number];

export interface Kept {
  /** What it is about: two statements with one key are one statement and its correction. */
  readonly key: string;
  /** As it was written, with its `##` lines. */
  readonly text: string;
}

/** In the order in which a program is best read. */
const KINDS: readonly Statement["kind"][] = [
  "LanguageVersion",
  "Tags",
  "Requires",
  "Use",
  "Param",
  "Def",
  "Hook",
];

/** The key of a statement that persists; undefined for a query, which is run and gone. */
export function keyOf(statement: Statement, text: string): string | undefined {
  const rank = KINDS.indexOf(statement.kind);
  const key = (name: string): string => `${rank} ${name}`;
  switch (statement.kind) {
    case "Trace":
      return undefined;
    case "LanguageVersion":
      return key("");
    case "Use":
      return key(statement.path.value);
    case "Param":
    case "Def":
      return key(statement.name.text);
    case "Hook":
      return key(
        text.slice(statement.event.span.start, statement.interval?.span.end ?? statement.event.span.end),
      );
    case "Tags":
    case "Requires":
      return key(text.slice(statement.span.start, statement.span.end));
  }
}

/** The statements of an entry that persist. */
export function keptIn(entry: string): readonly Kept[] {
  return parse(entry).program.statements.flatMap((statement) => {
    const key = keyOf(statement, entry);
    return key === undefined ? [] : [{ key, text: written(statement, entry) }];
  });
}

/** `kept` with what an entry adds or corrects. */
export function keeping(kept: readonly Kept[], added: readonly Kept[]): readonly Kept[] {
  const keys = new Set(added.map(({ key }) => key));
  return [...kept.filter(({ key }) => !keys.has(key)), ...added];
}

/** Statements of one kind next to one another, each in the order in which it was entered. */
export function inReadingOrder(kept: readonly Kept[]): readonly Kept[] {
  const rank = ({ key }: Kept): number => Number.parseInt(key, 10);
  return kept
    .map((each, i) => ({ each, i }))
    .sort((a, b) => rank(a.each) - rank(b.each) || a.i - b.i)
    .map(({ each }) => each);
}

/** A statement with its documentation, as text. */
export function written({ doc, span }: Statement, text: string): string {
  const lines = doc === undefined ? [] : doc.split("\n").map((line) => `## ${line}`.trimEnd());
  return [...lines, text.slice(span.start, span.end)].join("\n");
}
