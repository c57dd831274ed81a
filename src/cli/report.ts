import type { Code } from "../compiler/diagnostics/codes.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { render } from "../compiler/diagnostics/render.ts";
import type { Options } from "./options.ts";
import { printError, STDERR, wantsColor } from "./terminal.ts";

/** The exit statuses of every command. */
export const STATUS = { done: 0, failed: 1, wrong: 2, unable: 3 } as const;

/** Codes whose status is not that of their area: writing fails while running, and plans fail on this kernel. */
const FAILED: ReadonlySet<Code> = new Set<Code>(["PWQ2016"]);
const UNABLE: ReadonlySet<Code> = new Set<Code>(["PWQ1210", "PWQ1256", "PWQ1257", "PWQ1258", "PWQ1261"]);

/** Draws findings on standard error and gives the exit status they mean. */
export function report(diagnostics: readonly Diagnostic[], color: Options["color"]): number {
  if (diagnostics.length === 0) return STATUS.done;
  printError(render(diagnostics, { color: wantsColor(color, STDERR) }));
  return statusOf(diagnostics);
}

export function statusOf(diagnostics: readonly Diagnostic[]): number {
  const error = diagnostics.find((d) => d.severity === "error");
  if (!error) return STATUS.done;
  if (FAILED.has(error.code) || error.code.startsWith("PWQ9")) return STATUS.failed;
  return UNABLE.has(error.code) || error.code.startsWith("PWQ3") ? STATUS.unable : STATUS.wrong;
}
