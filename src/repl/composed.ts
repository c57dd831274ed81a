import { parse } from "../../grammar/index.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { Source } from "../compiler/source.ts";
import { type Kept, keeping, keptIn } from "./kept.ts";

/** How an entry is named in messages, and what was kept from earlier ones. */
export const PROMPT = "<prompt>";
const EARLIER = "<earlier>";

/** An entry as a program: what was kept before it, the entry, and the columns of queries that show nothing themselves. */
export interface Composed {
  readonly source: Source;
  /** The entry alone, as it was typed. */
  readonly entry: Source;
  /** Where in the program it begins. */
  readonly offset: number;
  /** Where text was put into the entry, as offsets into it. */
  readonly inserted: readonly { readonly at: number; readonly length: number }[];
}

export function compose(kept: readonly Kept[], entry: string, columns?: string): Composed {
  const added = new Set(keptIn(entry).map(({ key }) => key));
  const before = kept.filter(({ key }) => !added.has(key)).map(({ text }) => `${text}\n`);
  const { text, inserted } = withColumns(entry, columns);
  const preamble = before.join("");
  return {
    source: { name: PROMPT, text: preamble + text },
    entry: { name: PROMPT, text: entry },
    offset: preamble.length,
    inserted,
  };
}

/** Findings about a composed program, placed in the entry as it was typed, or in what was kept. */
export function placed(diagnostics: readonly Diagnostic[], composed: Composed): readonly Diagnostic[] {
  const { source, entry, offset } = composed;
  return diagnostics.map((diagnostic) => {
    const { at } = diagnostic;
    if (at?.source !== source) return diagnostic;
    if (at.span.start < offset) {
      const earlier = { name: EARLIER, text: source.text.slice(0, offset) };
      return { ...diagnostic, at: { source: earlier, span: at.span } };
    }
    const span = {
      start: typed(at.span.start - offset, composed),
      end: typed(at.span.end - offset, composed),
    };
    return { ...diagnostic, at: { source: entry, span } };
  });
}

/** The offset into what was typed of an offset into what it became. */
function typed(offset: number, { inserted }: Composed): number {
  let shift = 0;
  for (const { at, length } of inserted) {
    if (offset <= at + shift) break;
    shift += Math.min(length, offset - at - shift);
  }
  return offset - shift;
}

function withColumns(
  entry: string,
  columns: string | undefined,
): Pick<Composed["source"], "text"> & Pick<Composed, "inserted"> {
  if (columns === undefined) return { text: entry, inserted: [] };
  const clause = ` show ${columns}`;
  const ends = parse(entry).program.statements.flatMap((statement) =>
    statement.kind === "Trace" && !statement.clauses.some(({ kind }) => kind === "Show")
      ? [statement.span.end]
      : [],
  );
  let text = "";
  let from = 0;
  for (const end of ends) {
    text += entry.slice(from, end) + clause;
    from = end;
  }
  return { text: text + entry.slice(from), inserted: ends.map((at) => ({ at, length: clause.length })) };
}

/** What later entries build on, after this one was found right. */
export const keptAfter = (kept: readonly Kept[], entry: string): readonly Kept[] =>
  keeping(kept, keptIn(entry));
