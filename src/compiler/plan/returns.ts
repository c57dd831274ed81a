import { type Diagnostic, PwqError } from "../diagnostics/diagnostic.ts";
import type { KernelFacts } from "../facts.ts";
import { conditionsAndColumns, isReturn, waitsForReturns } from "../returns.ts";
import type { CheckedQuery, TExpr } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";

/** How returns of functions are seen. */
export interface ReturnPlan {
  /** One program on entries and returns, instead of the backend's; or a program of their own on the returns. */
  readonly how: "session" | "kretprobe";
  readonly program: string;
  /** Point number of the first return; the others follow in the order of their functions, which are the first points. */
  readonly first: number;
  /** Queries (bits) whose journeys have no `until`. */
  readonly lasting: number;
}

/** Each takes a perf event, and in the kernel an instance for each call that is underway. */
const MOST_SINGLE = 64;

/** Queries (bits) that wait for returns. */
export const returningQueries = (queries: readonly CheckedQuery[]): number =>
  queries.reduce((bits, query, i) => (waitsForReturns(query) ? bits | (1 << i) : bits), 0);

/** Decides how; throws PwqError if this kernel cannot do it. `wanted`: of each function that returns something, by whom. */
export function planReturns(
  queries: readonly CheckedQuery[],
  wanted: readonly number[],
  probing: boolean,
  multi: boolean,
  facts: KernelFacts,
): Omit<ReturnPlan, "first"> {
  const lasting = queries.reduce((bits, { until }, i) => (until.length === 0 ? bits | (1 << i) : bits), 0);
  const fail = (query: CheckedQuery, rest: Omit<Diagnostic, "severity" | "at">): never => {
    const { span } = conditionsAndColumns(query).find((expr) => someExpr(expr, isReturn))!;
    throw new PwqError([{ severity: "error", at: { source: query.source, span }, ...rest }]);
  };
  const refuse = (message: string, label: string, help: readonly string[]): never =>
    fail(queries.find(waitsForReturns)!, { code: "PWQ1267", message, label, help });

  const vain = queries.find((q, i) => waitsForReturns(q) && !wanted.some((by) => by & (1 << i)));
  if (probing && vain) {
    fail(vain, { code: "PWQ1268", message: "no function that the query looks at returns a number" });
  }
  if (probing && multi && facts.features.kprobeSession) {
    return { how: "session", program: "pwq_session", lasting };
  }
  if (!probing || !facts.features.kprobe) {
    return refuse("`ret` needs function probes", "only tracepoints can be looked at here", [
      "`pwq doctor` says why",
    ]);
  }
  if (wanted.length > MOST_SINGLE) {
    return refuse(
      "this kernel cannot probe the returns of so many functions",
      `${wanted.length} functions, and ${MOST_SINGLE} at most with a probe each`,
      ["name the functions: `at ip_rcv, nf_hook_slow`", "Linux 6.10 can do it for all functions at once"],
    );
  }
  return { how: "kretprobe", program: "pwq_kretprobe", lasting };
}

/** Says where the types of what is asked for differ, so that all of them are shown as one. */
export function mixedNotices(query: CheckedQuery): string[] {
  const found = new Set<string>();
  const look = (expr: TExpr): boolean => {
    if (isReturn(expr) && "mixed" in expr) found.add("`ret`");
    if (expr.kind === "arg" && expr.mixed) found.add(`\`arg(${expr.index})\``);
    return false;
  };
  for (const expr of [...(query.where ? [query.where] : []), ...conditionsAndColumns(query)])
    someExpr(expr, look);
  return [...found].map(
    (what) => `${what} has other types in other functions: it is shown as a number of 64 bits`,
  );
}
