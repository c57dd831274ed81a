import type { Source, Span } from "../source.ts";
import type { Code } from "./codes.ts";

/**
 * One finding about a program or a call, as a value. It is drawn only by `render.ts`.
 * An error has one cause; what follows from it is not reported.
 */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: "error" | "warning";
  /** One line, lower case, no full stop. Backquotes around what the user typed. */
  readonly message: string;
  /** Where; absent for findings about the call itself or the machine. */
  readonly at?: { readonly source: Source; readonly span: Span };
  /** Short text beside the caret; usually the fix: "did you mean `tcp.dport`?" */
  readonly label?: string;
  /** Lines under the drawing: what to type instead, or the evidence. */
  readonly help?: readonly string[];
}

/** Thrown where a pass cannot go on; carries every diagnostic found so far. Caught only by the front doors. */
export class PwqError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
    this.name = "PwqError";
    this.diagnostics = diagnostics;
  }
}
