import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { KernelFacts } from "../facts.ts";
import type { CheckedQuery, CheckedTerminal } from "../typed.ts";
import { DYING_FUNCTIONS, FREE_FUNCTIONS, FREE_TRACEPOINTS } from "./lifecycle.ts";
import { functionsOf } from "./points.ts";
import type { Universe } from "./universe.ts";
import { DELIVER_FUNCTIONS, XMIT_TRACEPOINT } from "./waypoints.ts";

/** Where a terminal is met. */
export interface TerminalPoints {
  readonly functions: readonly string[];
  /** Without group. */
  readonly tracepoints: readonly string[];
}

/** What finding them takes; what cannot be had is reported. */
export interface TerminalWorld {
  readonly universe: Universe;
  readonly facts: KernelFacts;
  /** Functions can be probed. */
  readonly probing: boolean;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** The functions and tracepoints at which a journey meets `terminal`; none for a condition, which is tested at every event. */
export function terminalPoints(
  terminal: CheckedTerminal,
  query: CheckedQuery,
  { universe, facts, probing, report }: TerminalWorld,
): TerminalPoints {
  const known = (names: readonly string[]): readonly string[] =>
    names.filter((name) => universe.functions.has(name));
  switch (terminal.kind) {
    case "expr":
      return { functions: [], tracepoints: [] };
    case "drop":
      return { functions: [], tracepoints: ["kfree_skb"] };
    case "xmit":
      return { functions: [], tracepoints: [XMIT_TRACEPOINT] };
    case "free":
      return {
        functions: probing ? known([...DYING_FUNCTIONS, ...FREE_FUNCTIONS]) : [],
        tracepoints: FREE_TRACEPOINTS.filter((name) => universe.tracepoint(name)),
      };
    case "deliver":
    case "fn":
      break;
  }
  if (!probing) {
    report({
      code: "PWQ1258",
      severity: "error",
      message: `\`${terminal.kind}\` as an end of journeys needs function probes, which this backend does not have`,
      at: { source: query.source, span: terminal.span },
      help: ["`drop`, `xmit`, `free` and conditions work with tracepoints"],
    });
    return { functions: [], tracepoints: [] };
  }
  const functions =
    terminal.kind === "fn"
      ? functionsOf(terminal, { universe, facts, source: query.source, report })
      : known(DELIVER_FUNCTIONS);
  return { functions, tracepoints: [] };
}
