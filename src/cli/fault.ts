import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";

/** An exception that no part of pwq expected. The trace of calls is only for those who ask for it. */
export function internalFault(error: unknown): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  const stack =
    error instanceof Error && process.env.PWQ_DEBUG ? (error.stack?.split("\n").slice(1) ?? []) : [];
  return {
    code: "PWQ9002",
    severity: "error",
    message: text.split("\n")[0] || "an error without a message",
    help: [
      "this is a fault of pwq; please report it with the call and `uname -r`",
      ...(stack.length > 0 ? stack : ["PWQ_DEBUG=1 shows where it happened"]),
    ],
  };
}
