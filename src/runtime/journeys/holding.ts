import { MARK } from "../../compiler/layout.ts";
import type { CutCause } from "../output/presenter.ts";

/** How much is held for journeys whose end is not known yet. */
export interface HoldLimits {
  /** Events of a journey; the latest are kept. */
  readonly events: number;
  /** Nanoseconds from a journey's first event. */
  readonly ns: number;
  /** Over all journeys. */
  readonly bytes: number;
}

export const DEFAULT_HOLD: HoldLimits = { events: 64, ns: 5e9, bytes: 64 << 20 };

export type PacketNumber = number | bigint;

/** A journey that ended as asked for. */
export interface Finished {
  readonly packet: PacketNumber;
  /** In the order of their times. */
  readonly records: readonly Uint8Array[];
  /** Events before these that there was no room for. */
  readonly cut: number;
}

/** How an event ends its socket buffer's part of the journey. */
export type End = "no" | "as asked" | "otherwise";

/** What is still to come of a socket buffer whose free has begun comes at once; an interrupt may lie in between. */
const GRACE_NS = 50_000_000;
/** Journeys that are remembered although nothing is held for them. */
const MOST_JOURNEYS = 1 << 17;

/**
 * The journeys of one query with `ending`: their events are held until one ends as asked for, and then shown, or until
 * nothing more can come of the packet, and then discarded. What cannot be held is cut, and counted by cause.
 */
export class Holding {
  readonly #limits: HoldLimits;
  readonly #show: (journey: Finished) => void;
  readonly #journeys = new Map<PacketNumber, Journey>();
  /** Those for which something is held, the longest held first. */
  readonly #held = new Set<Journey>();
  /** The others. */
  readonly #idle = new Set<Journey>();
  readonly #settling = new Set<Journey>();
  #bytes = 0;
  /** Events of journeys that ended otherwise. */
  discarded = 0;
  readonly cut: Record<CutCause, number> = { bound: 0, timeout: 0, memory: 0, unfinished: 0 };

  constructor(limits: HoldLimits, show: (journey: Finished) => void) {
    this.#limits = limits;
    this.#show = show;
  }

  /** `record` is kept. `time` in nanoseconds. */
  event(packet: PacketNumber, time: number, record: Uint8Array, end: End): void {
    const journey = this.#journey(packet);
    if (journey.spoilt) this.cut[journey.spoilt]++;
    else this.#add(journey, time, record);
    if (end === "no") return;
    journey.alive--;
    if (end === "as asked" && !journey.spoilt) {
      this.cut.bound += journey.cut;
      const { records, cut } = journey;
      this.#empty(journey);
      this.#show({ packet, records, cut });
    }
    this.#settle(journey, time);
  }

  /** `what` is one of MARK. */
  mark(packet: PacketNumber, time: number, what: number): void {
    const journey = this.#journey(packet);
    if (what === MARK.cloned) {
      journey.alive++;
      this.#settling.delete(journey);
    } else {
      journey.alive--;
      this.#settle(journey, time);
    }
  }

  /** Lets go of what waited too long at `now`. */
  expire(now: number): void {
    for (const journey of this.#settling) {
      if (journey.settled + GRACE_NS > now) break;
      this.#forget(journey);
    }
    for (const journey of this.#held) {
      if (journey.since + this.#limits.ns > now) break;
      this.#spoil(journey, "timeout");
    }
  }

  /** Nothing more comes. */
  finish(): void {
    for (const journey of this.#settling) this.#forget(journey);
    for (const journey of this.#held) this.#spoil(journey, "unfinished");
  }

  #journey(packet: PacketNumber): Journey {
    const known = this.#journeys.get(packet);
    if (known) return known;
    if (this.#journeys.size >= MOST_JOURNEYS) this.#makeRoom();
    const journey: Journey = { packet, alive: 1, since: 0, settled: 0, records: [], bytes: 0, cut: 0 };
    this.#journeys.set(packet, journey);
    this.#idle.add(journey);
    return journey;
  }

  #add(journey: Journey, time: number, record: Uint8Array): void {
    if (journey.records.length === 0) {
      journey.since = time;
      this.#idle.delete(journey);
      this.#held.add(journey);
    }
    journey.records.push(record);
    journey.bytes += record.length;
    this.#bytes += record.length;
    if (journey.records.length > this.#limits.events) {
      const { length } = journey.records.shift()!;
      journey.bytes -= length;
      this.#bytes -= length;
      journey.cut++;
    }
    for (const oldest of this.#held) {
      if (this.#bytes <= this.#limits.bytes) break;
      this.#spoil(oldest, "memory");
    }
  }

  #settle(journey: Journey, time: number): void {
    if (journey.alive > 0) return;
    journey.settled = time;
    this.#settling.delete(journey);
    this.#settling.add(journey);
  }

  #forget(journey: Journey): void {
    this.discarded += journey.records.length + journey.cut;
    this.#empty(journey);
    this.#remove(journey);
  }

  #remove(journey: Journey): void {
    this.#idle.delete(journey);
    this.#settling.delete(journey);
    this.#journeys.delete(journey.packet);
  }

  /** It cannot be shown whole any more: what still comes of it is cut, too. */
  #spoil(journey: Journey, cause: CutCause): void {
    this.cut[cause] += journey.records.length + journey.cut;
    this.#empty(journey);
    journey.spoilt = cause;
  }

  #empty(journey: Journey): void {
    this.#bytes -= journey.bytes;
    this.#held.delete(journey);
    this.#idle.add(journey);
    journey.records = [];
    journey.bytes = 0;
    journey.cut = 0;
  }

  /** Forgets the oldest journey that nothing is held for, or the one for which something is held the longest. */
  #makeRoom(): void {
    const [idle] = this.#idle;
    const [held] = this.#held;
    if (!idle && held) this.#spoil(held, "memory");
    this.#remove((idle ?? held)!);
  }
}

interface Journey {
  readonly packet: PacketNumber;
  /** Its socket buffers: the packet and its clones. */
  alive: number;
  /** When the first of `records` was made. */
  since: number;
  /** When the last of its socket buffers went. */
  settled: number;
  records: Uint8Array[];
  bytes: number;
  /** Events that were taken out of `records` again, because it held too many. */
  cut: number;
  /** Why it cannot be shown whole. */
  spoilt?: CutCause;
}
