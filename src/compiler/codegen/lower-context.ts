import type { PointInfo } from "../compiled.ts";
import type { Code } from "../diagnostics/codes.ts";
import { PwqError } from "../diagnostics/diagnostic.ts";
import type { KernelFacts } from "../facts.ts";
import type { Source, Span } from "../source.ts";
import type { TExpr, TPast } from "../typed.ts";
import type { ProgramNames } from "./program-names.ts";

/** What lowering must know besides the expression. */
export interface LowerContext {
  readonly facts: KernelFacts;
  /** By number, for tests of `func` and `module`. */
  readonly points: readonly PointInfo[];
  /** Numbers of the functions that this query looks at: the others are there for other queries, or for following. */
  readonly functions: () => ReadonlySet<number>;
  readonly source: Source;
  /** Tests of names that are not known yet. */
  readonly programs: ProgramNames;
  /** Numbers of the query's `changed(…)` and `first(…)`; see past.ts. */
  readonly past: ReadonlyMap<TPast, number>;
}

/** The expression's text, for a message. */
export function describe(expr: TExpr): string {
  return expr.kind === "field" ? expr.field.name : expr.kind === "raw" ? expr.text : expr.kind;
}

/** Says that the kernel cannot do what an expression asks for. */
export function fail(
  code: Code,
  message: string,
  expr: { readonly span: Span },
  context: LowerContext,
  help?: readonly string[],
): never {
  throw new PwqError([
    {
      code,
      severity: "error",
      message,
      at: { source: context.source, span: expr.span },
      ...(help ? { help } : {}),
    },
  ]);
}
