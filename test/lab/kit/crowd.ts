import assert from "node:assert/strict";
import { complete, packets } from "./expect.ts";
import type { Host } from "./hosts.ts";
import type { Event, Recording } from "./pwq.ts";

/** The port that unrelated packets go to. */
const CROWD_PORT = 9;

/** A thousand packets nobody follows, which take the addresses of those that are gone. */
export function crowd(from: Host, to: string): void {
  from.udp(to, CROWD_PORT, { count: 1000, size: 16 });
}

/**
 * The journeys of a recording that shows `tuple` and `skb`: nothing was lost, there are `count` of them, and none shows
 * a packet that `own` is not true of. Events without a tuple say nothing of whose they are. `mayMiss`: as in `complete`.
 */
export function separateJourneys(
  recorded: Recording,
  count: number,
  own: (tuple: string) => boolean,
  mayMiss = false,
): Event[][] {
  complete(recorded, mayMiss);
  const journeys = packets(recorded);
  const summary = (): string =>
    journeys.map((events) => `  ${events[0]!.packet}: ${events.map(draw).join(" ")}`).join("\n");
  assert.equal(journeys.length, count, `${count} journeys were expected\n${summary()}`);
  for (const event of recorded.events) {
    const tuple = event.tuple as string | null;
    assert.ok(tuple === null || own(tuple), `a journey shows another packet: ${tuple}\n${summary()}`);
  }
  return journeys;
}

const draw = (event: Event): string => `${event.func}[${event.netns ?? "-"} ${String(event.skb).slice(-5)}]`;

/** How many skbs a journey had at a function. */
export const skbsAt = (events: readonly Event[], func: string): number =>
  new Set(events.filter((event) => event.func === func).map((event) => event.skb)).size;
