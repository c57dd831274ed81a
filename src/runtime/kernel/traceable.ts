import type { TraceableFunctions } from "../../compiler/facts.ts";
import { type LineHashing, LineTable } from "./line-table.ts";

/** A compiler's copy of a function, `tcp_v4_rcv.part.0`; a module's has ` [module]` behind it. */
const COPY = /^[^ \n]*\.(?:isra|constprop|part|cold)\b[^ \n]*/gm;

/**
 * The functions ftrace can attach to, from the text of tracefs's `available_filter_functions`: `NAME` or
 * `NAME [MODULE]` a line, some 60,000. `hashing`: the addon's.
 */
export function parseTraceable(text: Buffer, hashing?: LineHashing): TraceableFunctions {
  const lines = new LineTable(text, hashing);
  // Both questions are asked of every function, one after the other.
  let last: { readonly line: string; readonly count: number } | undefined;
  const count = (name: string, module: string | undefined): number => {
    const line = module === undefined ? name : `${name} [${module}]`;
    if (last?.line !== line) last = { line, count: lines.count(line) };
    return last.count;
  };
  let copies: readonly string[] | undefined;
  return {
    has: (name, module) => count(name, module) > 0,
    isAmbiguous: (name, module) => count(name, module) > 1,
    copies() {
      copies ??= [...new Set(text.toString("latin1").match(COPY))];
      return copies;
    },
  };
}
