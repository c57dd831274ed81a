import { FIELDS } from "../compiler/fields/table.ts";
import type { CheckedProgram, CheckedQuery } from "../compiler/typed.ts";

const WHY = "why";

/**
 * What explains drops is a program of its own for each query, and the verifier takes its time over it: with eight it is
 * seconds until anything is seen, and nearer to its limit than what nobody asked for should come.
 */
const MOST_QUERIES = 4;

/**
 * The program with the explanation of each drop that a query looks for, whether or not it shows `why`: for people, who
 * get it as the last line of a journey. Its evidence is captured where drops are, and costs nothing elsewhere.
 */
export function explaining(program: CheckedProgram): CheckedProgram {
  if (program.queries.filter(looksForDrops).length > MOST_QUERIES) return program;
  return {
    ...program,
    queries: program.queries.map((query) => (looksForDrops(query) ? asking(query) : query)),
  };
}

/** Whether an explanation belongs below the row of a drop although no column is for it. */
export const isExplained = ({ captured = [], show }: CheckedQuery): boolean =>
  captured.some(({ name }) => name === WHY) && !show.some(({ name }) => name === WHY);

function looksForDrops({ at, until, ending, aggregation }: CheckedQuery): boolean {
  if (aggregation) return false;
  const ends = [...until, ...ending].some(({ kind }) => kind === "drop");
  return ends || at.some((point) => point.kind === "NamedPoint" && point.name === "drop");
}

function asking(query: CheckedQuery): CheckedQuery {
  const field = FIELDS.get(WHY)!;
  const { span } = query.syntax.subject;
  const captured = query.captured ?? [];
  if ([...query.show, ...captured].some(({ name }) => name === WHY)) return query;
  const value = { kind: "field", field, type: field.type, span } as const;
  return { ...query, captured: [...captured, { name: WHY, value }] };
}
