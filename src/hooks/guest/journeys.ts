import type { ROW } from "../run/layout.ts";

/** A packet's events, as far as they are known. */
export interface Journey {
  readonly events: Record<string, unknown>[];
  /** It was seen to end. */
  ended: boolean;
  /** Index into the outcomes. */
  outcome: number;
}

/** How journeys are put together from events. Becomes text in the sandbox, so it imports nothing but types. */
export function journeyTools(flag: typeof ROW, outcomes: readonly string[]) {
  const { getPrototypeOf, setPrototypeOf } = Object;
  return {
    begun: (): Journey => ({ events: [], ended: false, outcome: 0 }),

    /** `flags`: the first word of the event's row. */
    add(journey: Journey, e: Record<string, unknown>, flags: number): void {
      journey.events[journey.events.length] = e;
      if (flags & flag.last || !journey.ended) journey.outcome = (flags >> flag.outcome) & 3;
      if (flags & flag.last) journey.ended = true;
    },

    /** What `on packet` is given: the last event, and what is to be said of all. */
    whole({ events, ended, outcome }: Journey): Record<string, unknown> {
      const last = events.at(-1)!;
      const e: Record<string, unknown> = { ...last };
      setPrototypeOf(e, getPrototypeOf(last));
      e.last = ended;
      e.events = events;
      e.outcome = outcomes[outcome];
      e.path = events.map(({ func }) => func);
      return e;
    },
  };
}
