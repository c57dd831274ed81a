import type { Event } from "../kit/pwq.ts";
import type { Drop, End, Fault, Release, Silent } from "./table.ts";

/**
 * Compares the journeys that a fault led to with what the table says of it, and returns what is wrong, in lines; none:
 * nothing is. Journeys that end without a drop need not be in the table, those that a drop ends must be.
 * `lost` is how many events pwq says it could not show, each of which may have been the end of a journey.
 */
export function judge(fault: Fault, events: readonly Event[], release: Release, lost: number): string[] {
  const left = new Set(journeysOf(events));
  const wrong: string[] = [];
  for (const end of fault.ends) {
    const met = [...left].filter((journey) => meets(journey, end, release));
    for (const journey of met) left.delete(journey);
    const [least, most] = typeof end.count === "number" ? [end.count, end.count] : end.count;
    if (met.length + lost < least || met.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      wrong.push(`${met.length} journeys instead of ${wanted} end in ${nameOf(end, release)}`);
    }
  }
  const others = [...left].filter((journey) => journey.some(isDrop)).length;
  if (others > 0) wrong.push(`${others} journeys end in drops that are not expected`);
  return wrong.length > 0 ? [...wrong, ...new Set([...left].map(draw))] : [];
}

function journeysOf(events: readonly Event[]): Event[][] {
  const journeys = new Map<number | null, Event[]>();
  for (const event of events) journeys.set(event.packet, [...(journeys.get(event.packet) ?? []), event]);
  return [...journeys.values()];
}

const isDrop = (event: Event): boolean => event["drop.reason"] !== null;

function meets(journey: readonly Event[], end: End, release: Release): boolean {
  return "silent" in end ? endsSilently(journey, end) : endsInDrop(journey, end, release);
}

/** The namespace is the last one known: an skb that a socket takes in has no device any more. */
function endsSilently(journey: readonly Event[], end: Silent): boolean {
  const netns = journey.findLast((event) => event.netns !== null)?.netns;
  return functionOf(journey.at(-1)!.func) === end.silent && netns === end.netns && !journey.some(isDrop);
}

function endsInDrop(journey: readonly Event[], end: Drop, release: Release): boolean {
  const { reason, location, netns, iface, tuple } = { ...end, ...end.on?.[release] };
  const last = journey.at(-1)!;
  return (
    last["drop.reason"] === reason &&
    functionOf(last["drop.location"]) === location &&
    last.netns === netns &&
    last.iface === iface &&
    (tuple === null ? last.tuple === null : fits(String(last.tuple), tuple))
  );
}

/** The function as it is in the source: without an offset and the suffixes that compilers add to their copies of it. */
const functionOf = (place: unknown): string => String(place).replace(/[.+].*$/, "");

/** Whether a text is this pattern, in which `*` stands for anything. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.[\]]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

function nameOf(end: End, release: Release): string {
  if ("silent" in end) return `${end.silent} of ${end.netns}, without a drop`;
  const { reason, location, netns, iface, tuple } = { ...end, ...end.on?.[release] };
  return `${reason} in ${location} (${netns} ${iface ?? "no device"}, ${tuple ?? "no tuple"})`;
}

function draw(journey: readonly Event[]): string {
  const way = journey.map((event) => event.func).join(" ");
  const { tuple, netns, iface, ...last } = journey.at(-1)!;
  const drop = last["drop.reason"] ? `${last["drop.reason"]} in ${last["drop.location"]}` : "no drop";
  return `  seen: ${way}; ${drop} (${netns} ${iface ?? "no device"}, ${tuple ?? "no tuple"})`;
}
