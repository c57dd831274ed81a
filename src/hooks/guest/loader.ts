import type { HEAD, ROW } from "../run/layout.ts";
import type { Journey, journeyTools } from "./journeys.ts";
import "./scope.ts";

/** Makes the events of one run, and the journeys in them, from rows. */
export interface Loader {
  readonly events: Record<string, unknown>[];
  readonly packets: Record<string, unknown>[];
  take(buffer: ArrayBuffer, values: string, reset: boolean): void;
  /** All rows were taken: the journeys are put together. */
  finish(): void;
}

/** Runs in the sandbox, with the accessors of a run's rows. Becomes text, so it imports nothing. */
export function loader(
  config: { readonly head: typeof HEAD; readonly row: typeof ROW; readonly outcomes: readonly string[] },
  tools: typeof journeyTools,
): Loader {
  const { parse } = JSON;
  const Words = Uint32Array;
  const { head, row: flag } = config;
  const journey = tools(flag, config.outcomes);
  const journeys = new Map<unknown, Journey>();
  const events: Record<string, unknown>[] = [];
  const packets: Record<string, unknown>[] = [];
  return {
    events,
    packets,
    take(buffer, values, reset) {
      U32 = new Words(buffer);
      if (reset) S.length = 1;
      if (values !== "") for (const value of parse(values)) S[S.length] = value;
      const rows = U32[head.rows]!;
      const stride = U32[head.stride]!;
      row = head.words;
      for (let n = 0; n < rows; n++, row += stride) {
        const e = copyOf();
        events[events.length] = e;
        if (e.packet === undefined) continue;
        let open = journeys.get(e.packet);
        if (open === undefined) {
          open = journey.begun();
          journeys.set(e.packet, open);
        }
        journey.add(open, e, U32[row]!);
      }
    },
    finish() {
      for (const each of journeys.values()) packets[packets.length] = journey.whole(each);
    },
  };
}
