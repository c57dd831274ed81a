import type { TraceableFunctions } from "../../compiler/facts.ts";

/** A compiler's copy of a function, `tcp_v4_rcv.part.0`; a module's has ` [module]` behind it. */
const COPY = /^[^ ]*\.(?:isra|constprop|part|cold)\b/;

/**
 * The functions ftrace can attach to, from the text of tracefs's `available_filter_functions`: `NAME` or
 * `NAME [MODULE]` a line, some 60,000.
 */
export function parseTraceable(text: string): TraceableFunctions {
  const lines = new Set<string>();
  const twice = new Set<string>();
  for (const line of text.split("\n")) {
    if (lines.has(line)) twice.add(line);
    lines.add(line);
  }
  lines.delete("");
  const lineOf = (name: string, module: string | undefined) =>
    module === undefined ? name : `${name} [${module}]`;
  let copies: readonly string[] | undefined;
  return {
    has: (name, module) => lines.has(lineOf(name, module)),
    isAmbiguous: (name, module) => twice.has(lineOf(name, module)),
    copies() {
      copies ??= [...lines].filter((line) => COPY.test(line)).map((line) => line.split(" ", 1)[0]!);
      return copies;
    },
  };
}
