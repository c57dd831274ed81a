import type { CompiledQuery } from "../compiler/compiled.ts";
import type { DecodeContext } from "../runtime/decode/context.ts";
import type { EndInfo } from "../runtime/output/presenter.ts";
import { EventStore } from "./event-store.ts";

/** What is there to think with after a trace, and while it runs. */
export interface LastRun {
  /** As it was typed. */
  readonly entry: string;
  readonly queries: readonly CompiledQuery[];
  readonly context: DecodeContext;
  readonly store: EventStore;
  /** Absent while it runs, and if it failed. */
  end?: EndInfo;
}

export const lastRun = (
  entry: string,
  queries: readonly CompiledQuery[],
  context: DecodeContext,
): LastRun => ({
  entry,
  queries,
  context,
  store: new EventStore(),
});
