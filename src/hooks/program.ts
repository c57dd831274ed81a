import type { HookEventName } from "./events.ts";
import type { Joined, Place } from "./source/joined.ts";

/** The hooks of a program, checked and ready for the sandbox. */
export interface HookProgram {
  /** JavaScript that calls `on(…)` once for each of `hooks`, in that order. Offsets are those of `origin`. */
  readonly code: string;
  /** The same with its types, and where it was written. */
  readonly origin: Joined;
  readonly hooks: readonly Hook[];
  /** Fields and columns that are read by name, in the order of their first use. */
  readonly fields: readonly string[];
  /** Protocols that `e.has(…)` asks for. */
  readonly layers: readonly string[];
  /** Whether an event is used as a whole (printed, copied, handed on): then it has the shown columns, too. */
  readonly whole: boolean;
  /** Parameters of the program, as the hooks see them. */
  readonly params: Readonly<Record<string, ParamValue>>;
}

export type ParamValue = number | string | boolean;

export interface Hook {
  readonly event: HookEventName;
  /** Of `tick`. */
  readonly everyNs?: bigint;
  /** Of its call of `on`, in the code. */
  readonly start: number;
  readonly end: number;
  /** Of its head, for what is said about it. */
  readonly place: Place;
  /**
   * Whether `e`, or a group of it, may outlive the call: it is stored, returned, or seen by a function made in the hook.
   * Such a hook gets a new object for each event, which throws when it is read later; others share one.
   */
  readonly keeps: boolean;
}
