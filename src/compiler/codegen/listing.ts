import { assemble, type ObjectFunction } from "../bpf/index.ts";
import { printFunction } from "../bpf/print.ts";
import type { ListingLine } from "../compiled.ts";
import type { KernelFacts } from "../facts.ts";
import type { Source } from "../source.ts";

/** The functions as assembly, one after the other, with the text of the query beside it. */
export const listing = (
  functions: readonly ObjectFunction[],
  facts: KernelFacts,
  source: Source,
): ListingLine[] => functions.flatMap((fn) => listFunction(fn, facts, source));

function listFunction(fn: ObjectFunction, facts: KernelFacts, source: Source): ListingLine[] {
  const kfunc = (id: number): string | undefined => facts.btf.type(id).name;
  const head: ListingLine = { pc: 0, text: `${fn.name}:` };
  const lines = printFunction(assemble(fn.name, fn.insns), { kfunc }).map(
    ({ pc, text, labels, span }): ListingLine => ({
      pc,
      text: [...labels.map((l) => `${l}:`), `  ${text}`].join("\n"),
      ...(span ? { query: source.text.slice(span.start, span.end).replace(/\s+/g, " "), span } : {}),
    }),
  );
  return [head, ...lines];
}
