import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Backend, KernelFacts } from "../facts.ts";
import type { CheckedQuery } from "../typed.ts";
import type { Selection } from "./points.ts";

export type BackendChoice = "auto" | Backend;

/** A drop is the last of an skb: a query that looks only at drops needs no memory of packets. */
export const isOnce = (query: CheckedQuery, s: Selection): boolean =>
  s.drop &&
  !query.stretch &&
  !s.tc &&
  !s.xdp &&
  s.functions.size === 0 &&
  s.calls.size === 0 &&
  s.tracepoints.size === 0 &&
  query.until.every((t) => t.kind === "drop" || t.kind === "expr") &&
  query.ending.every((t) => t.kind === "drop");

/** The best one there is, or the one that was asked for. */
export function chooseBackend(
  queries: readonly CheckedQuery[],
  selections: readonly Selection[],
  facts: KernelFacts,
  choice: BackendChoice,
  report: (d: Diagnostic) => void,
): Backend {
  // Each is tried when it is asked for, and that takes a while.
  const available = (backend: Backend): boolean =>
    backend === "tracepoint" || facts.features[backend === "kprobe" ? "kprobe" : "kprobeMulti"];
  if (choice !== "auto" && !available(choice)) {
    report({
      code: "PWQ1257",
      severity: "error",
      message: `backend \`${choice}\` is not available here`,
      help: ["`pwq doctor` says why; leave `--backend` out to use the best there is"],
    });
  }
  if (choice !== "auto" && choice !== "tracepoint") return choice;
  // Drops are a tracepoint: whether there are function probes makes no difference, and to find out takes a while.
  if (queries.every((query, i) => isOnce(query, selections[i]!))) return "tracepoint";
  const best = (["kprobe-multi", "kprobe"] as const).find(available);
  if (choice === "auto" && best) return best;
  selections.forEach((selection, i) => {
    const [point] = selection.needFunctions;
    if (!point) return;
    report({
      code: "PWQ1256",
      severity: "error",
      message:
        choice === "tracepoint"
          ? "the tracepoint backend cannot look at functions"
          : "this kernel has no function probes that pwq could use",
      at: { source: queries[i]!.source, span: point.span },
      label: "only tracepoints can be looked at here",
      help: [
        "leave `at` out to look at every tracepoint that carries an skb, or write `at tracepoint net:*`",
      ],
    });
  });
  return "tracepoint";
}
