import { call } from "./codes/call.ts";
import { check } from "./codes/check.ts";
import { files } from "./codes/files.ts";
import { hooks } from "./codes/hooks.ts";
import { internal } from "./codes/internal.ts";
import { library } from "./codes/library.ts";
import { machine } from "./codes/machine.ts";
import { plan } from "./codes/plan.ts";
import { prompt } from "./codes/prompt.ts";
import { syntax } from "./codes/syntax.ts";

/** What `pwq help CODE` prints. Markdown without headings; the title becomes the heading. */
export interface Page {
  /** Lower case, no full stop: "unknown field". */
  readonly title: string;
  /** What it means, why it is an error, and how to go on. A few sentences. */
  readonly text: string;
  /** A program or call that gets it, and the same one mended. */
  readonly wrong?: string;
  readonly right?: string;
}

/**
 * Every error and warning pwq can give; the number is stable for ever. One file per area under `codes/`:
 * 10xx syntax, 11xx names and types, 12xx clauses and planning, 14xx files and parameters, 15xx not there yet,
 * 16xx hooks, 20xx the call, 26xx the library and packages,
 * 30xx this machine, 40xx hooks as they run, 50xx the prompt, 90xx our own faults.
 */
export const CODES = {
  ...syntax,
  ...check,
  ...plan,
  ...files,
  ...library,
  ...hooks,
  ...call,
  ...machine,
  ...prompt,
  ...internal,
} as const;

export type Code = keyof typeof CODES;
