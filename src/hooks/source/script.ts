import type * as Acorn from "acorn";
import { acorn } from "../packages.ts";
import type { Joined } from "./joined.ts";
import { strip } from "./strip.ts";

/** TypeScript that is JavaScript now, at the same offsets; or what is wrong with it. */
export type Script =
  | { readonly code: string; readonly tree: Acorn.Program }
  | {
      /** A label. */
      readonly problem: string;
      /** Offsets into the joined text. */
      readonly start: number;
      readonly end: number;
    };

export const NOT_TYPESCRIPT = "this is not TypeScript that can run";

/** Takes out the types and parses the rest. */
export function parseScript(joined: Joined, sourceType: "module" | "script"): Script {
  const stripped = strip(joined.text);
  if ("problem" in stripped) {
    const start = joined.offset(stripped.start.line, stripped.start.column);
    const end = joined.offset(stripped.end.line, stripped.end.column);
    return { problem: firstLower(stripped.problem), start, end };
  }
  try {
    return {
      code: stripped.code,
      tree: acorn().parse(stripped.code, { ecmaVersion: 2023, sourceType }),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("pos" in error)) throw error;
    const start = Number(error.pos);
    return { problem: firstLower(error.message.replace(/ \(\d+:\d+\)$/, "")), start, end: start + 1 };
  }
}

const firstLower = (text: string): string =>
  text.startsWith("TypeScript") ? text : text.charAt(0).toLowerCase() + text.slice(1);
