import { transformer } from "../packages.ts";

/** TypeScript with its types blanked out, so that every offset stays what it was. */
export type Stripped =
  | { readonly code: string }
  | { readonly problem: string; readonly start: Position; readonly end: Position };

/** From 1, as compilers count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The stripper's own error: a plain object. Lines count from 1, columns from 0. */
interface StripperError {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const isStripperError = (error: unknown): error is StripperError =>
  typeof error === "object" && error !== null && "startLine" in error && "message" in error;

/**
 * Strips types. What would have to be translated (`enum`, `namespace`, parameter properties) is a problem, as for Node
 * itself, which uses the same stripper.
 */
export function strip(text: string): Stripped {
  try {
    return { code: transformer().transformSync(text, { mode: "strip-only", filename: "hook.ts" }).code };
  } catch (error) {
    if (!isStripperError(error)) throw error;
    const { message, startLine, startColumn, endLine, endColumn } = error;
    return {
      problem: message,
      start: { line: startLine, column: startColumn + 1 },
      end: { line: endLine, column: endColumn + 1 },
    };
  }
}
