import assert from "node:assert/strict";
import type { Event, Recording } from "./pwq.ts";

/** What must be true of a recording. Each throws an error that shows the events. */

/** The packet's path leads through these functions, in this order, whatever lies between. */
export function passes(events: readonly Event[], functions: readonly string[]): void {
  let from = 0;
  for (const name of functions) {
    const at = events.findIndex((event, i) => i >= from && event.func === name);
    assert.ok(at !== -1, `${name} is missing or too early in the path\n${draw(events)}`);
    from = at + 1;
  }
}

/** The last event is a drop with this reason. The query must show `drop.reason`. */
export function endsInDrop(events: readonly Event[], reason: string): void {
  assert.equal(events.at(-1)?.["drop.reason"], reason, `the path does not end in ${reason}\n${draw(events)}`);
  const drops = events.filter((event) => event["drop.reason"] !== null);
  assert.equal(drops.length, 1, `a packet is dropped once\n${draw(events)}`);
}

/**
 * Nothing was lost, and what was counted is what was printed. `mayMiss`: hits that the kernel leaves out while a program
 * of the same processor runs do not matter, of which thousands of unrelated packets in a slow guest make some.
 */
export function complete(recording: Recording, mayMiss = false): void {
  const lost = recording.lost.filter(({ cause }) => !(mayMiss && cause === "missed"));
  assert.deepEqual(lost, [], "events were lost");
  if (!mayMiss) assert.equal(recording.end.lost, 0);
  assert.equal(
    recording.end.events,
    recording.events.length,
    "the summary counts other events than were printed",
  );
}

/** The events of each packet, in order of the packets' numbers. */
export function packets(recording: Recording): Event[][] {
  const byNumber = new Map<number, Event[]>();
  for (const event of recording.events) {
    assert.ok(
      typeof event.packet === "number" && event.packet > 0,
      `an event without packet\n${draw([event])}`,
    );
    const events = byNumber.get(event.packet);
    if (events) events.push(event);
    else byNumber.set(event.packet, [event]);
  }
  return [...byNumber.entries()].sort(([a], [b]) => a - b).map(([, events]) => events);
}

/** There is exactly one packet, and its events are these. */
export function onlyPacket(recording: Recording): Event[] {
  const all = packets(recording);
  assert.equal(all.length, 1, `one packet was expected, not ${all.length}\n${draw(recording.events)}`);
  return all[0]!;
}

/** `test` holds for every event, of which there is at least one. */
export function every(events: readonly Event[], what: string, test: (event: Event) => boolean): void {
  assert.ok(events.length > 0, `${what}: there are no events`);
  const wrong = events.filter((event) => !test(event));
  assert.equal(wrong.length, 0, `${what}: not so here\n${draw(wrong)}`);
}

/** An item takes these values in all events that have it, each at least once. */
export function values(events: readonly Event[], item: string, expected: readonly unknown[]): void {
  const seen = new Set(
    events.map((event) => event[item]).filter((value) => value !== null && value !== undefined),
  );
  assert.deepEqual([...seen].sort(), [...expected].sort(), `values of ${item}\n${draw(events)}`);
}

/** pwq ended with this status and said so in this way, without a stack trace. */
export function refuses(
  finished: { readonly status: number | undefined; readonly stdout: string; readonly stderr: string },
  status: number,
  message: RegExp,
): void {
  assert.equal(finished.status, status, finished.stderr);
  assert.match(finished.stderr, message);
  assert.doesNotMatch(finished.stderr, /^\s+at .*:\d+:\d+\)?$/m, "a stack trace");
}

function draw(events: readonly Event[]): string {
  const most = 60;
  const lines = events
    .slice(0, most)
    .map((event) => `  ${JSON.stringify({ ...event, type: undefined, time: undefined })}`);
  if (events.length > most) lines.push(`  … ${events.length - most} more`);
  return lines.join("\n");
}
