import { readClocks } from "../clock.ts";

/** Both clocks at one moment, in nanoseconds: CLOCK_MONOTONIC, and wall clock since 1970. */
export interface ClockReading {
  readonly monotonic: bigint;
  readonly wall: bigint;
}

/** JavaScript tells milliseconds; a difference beyond a few of them is a step, not a late reading. */
const STEP_NS = 5_000_000n;

/**
 * Relates CLOCK_MONOTONIC, in which the kernel stamps events, to the wall clock. NTP slews both alike, so their distance
 * changes only when somebody sets the clock (or a machine resumes), which `refresh` finds.
 */
export class WallClock {
  readonly #read: () => ClockReading;
  readonly #glance: () => ClockReading;
  #reading: ClockReading;

  /** `read` is exact and may take a millisecond; `glance` is cheap and right to a millisecond. */
  constructor(read: () => ClockReading = readClocks, glance: () => ClockReading = glanceAtClocks) {
    this.#read = read;
    this.#glance = glance;
    this.#reading = read();
  }

  get reading(): ClockReading {
    return this.#reading;
  }

  /** Looks whether the wall clock was set meanwhile; true if so, and `reading` is a new one. */
  refresh(): boolean {
    const moved = distance(this.#glance()) - distance(this.#reading);
    if (moved < STEP_NS && moved > -STEP_NS) return false;
    this.#reading = this.#read();
    return true;
  }
}

const distance = ({ monotonic, wall }: ClockReading): bigint => wall - monotonic;

function glanceAtClocks(): ClockReading {
  return { monotonic: process.hrtime.bigint(), wall: BigInt(Date.now()) * 1_000_000n };
}
