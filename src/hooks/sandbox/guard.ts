import { Script } from "node:vm";

/** How a guarded call went; what it throws itself goes through. */
export type Guarded<T> = { readonly value: T } | { readonly timedOut: true };

/**
 * Runs `action` and stops it when `ms` have passed, whatever it does: V8 gives up the WebAssembly that is running.
 * QuickJS asks its interrupt handler between bytecodes, but some functions of the language (`concat` and `join` of
 * huge arrays among them) loop in C for ever without asking. What was stopped here is in no state to be used again.
 */
export function guarded<T>(action: () => T, ms: number): Guarded<T> {
  const before = slot.action;
  slot.action = action;
  try {
    script ??= new Script(`globalThis[Symbol.for(${JSON.stringify(KEY)})].action()`);
    return { value: script.runInThisContext({ timeout: ms }) as T };
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      return { timedOut: true };
    throw error;
  } finally {
    slot.action = before;
  }
}

/** Only a script can be run with a limit of time, and it finds what to call nowhere but among the globals. */
const KEY = "pwq.guarded";
const slot: { action: () => unknown } = { action: () => undefined };
Object.defineProperty(globalThis, Symbol.for(KEY), { value: slot, configurable: true });
let script: Script | undefined;
