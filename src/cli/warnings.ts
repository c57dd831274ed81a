import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { Attached } from "../runtime/tracer.ts";
import { counted } from "./lines.ts";

/** Names that are shown of a list that may be long. */
const SHOWN = 5;

/** Functions that the kernel refused; the trace goes on without them. */
export function refusedWarning(refused: Attached["refused"]): Diagnostic {
  const few = refused.slice(0, SHOWN).map(({ symbol, code }) => `${symbol} (${code})`);
  const more = refused.length > SHOWN ? `, and ${refused.length - SHOWN} more` : "";
  return {
    code: "PWQ3015",
    severity: "warning",
    message: `the kernel refused ${counted(refused.length, "probe")}; the trace goes on without`,
    help: [`${few.join(", ")}${more}`],
  };
}
