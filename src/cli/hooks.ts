import type { CheckedProgram } from "../compiler/typed.ts";
import type { Hooks, HooksOptions } from "../hooks/run/hooks.ts";
import type { Options } from "./options.ts";
import { report } from "./report.ts";

export interface StartedHooks {
  /** Absent: the program has none. */
  readonly running?: Hooks;
  /** Whether one was switched off. */
  readonly failed: () => boolean;
}

/** Starts the hooks of a program, whose errors go to standard error. Without hooks nothing is loaded. */
export async function startHooks(
  { hooks }: CheckedProgram,
  on: Omit<HooksOptions, "onFault">,
  { color }: Options,
): Promise<StartedHooks> {
  if (!hooks) return { failed: () => false };
  const { Hooks } = await import("../hooks/run/hooks.ts");
  let failed = false;
  const onFault: HooksOptions["onFault"] = (fault) => {
    failed = true;
    report([fault], color);
  };
  return { running: await Hooks.start(hooks, { ...on, onFault }), failed: () => failed };
}
