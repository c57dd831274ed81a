import type { Code } from "../../compiler/diagnostics/codes.ts";
import { PwqError } from "../../compiler/diagnostics/diagnostic.ts";

/** Why a package is not made, taken or run. */
export const refusal = (code: Code, message: string, label?: string): PwqError =>
  new PwqError([{ code, severity: "error", message, ...(label !== undefined && { label }) }]);
