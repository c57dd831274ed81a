/**
 * Event times (nanoseconds of CLOCK_MONOTONIC, as bpf_ktime_get_ns gives them) as wall clock.
 * The numbers come as halves of 32 bits and are kept in doubles relative to the clock's base, where they are exact.
 */
export interface Clock {
  /** `2026-11-22T16:05:09.123456789Z` */
  readonly iso: (low: number, high: number) => string;
  /** Local time of day to the microsecond: `17:05:09.123456` */
  readonly time: (low: number, high: number) => string;
}

const SECOND = 1_000_000_000;
const HIGH = 0x1_0000_0000;
const THREE = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"));

/** A clock for events near `monotonic`, a moment that was `wall` nanoseconds after 1970. */
export function clock(monotonic: bigint, wall: bigint): Clock {
  const baseLow = Number(monotonic & 0xffff_ffffn);
  const baseHigh = Number(monotonic >> 32n);
  const baseSecond = Number(wall / BigInt(SECOND));
  const baseRest = Number(wall % BigInt(SECOND));
  const since = (low: number, high: number): number => (high - baseHigh) * HIGH + (low - baseLow) + baseRest;

  const writer = (prefix: (second: number) => string, suffix: (ns: number) => string) => {
    let second = Number.NaN;
    let text = "";
    return (low: number, high: number): string => {
      const total = since(low, high);
      const whole = Math.floor(total / SECOND);
      if (whole !== second) {
        second = whole;
        text = prefix(baseSecond + whole);
      }
      return text + suffix(total - whole * SECOND);
    };
  };
  return {
    iso: writer(
      (second) => `${new Date(second * 1000).toISOString().slice(0, 19)}.`,
      (ns) => `${THREE[Math.floor(ns / 1e6)]}${THREE[Math.floor(ns / 1e3) % 1000]}${THREE[ns % 1000]}Z`,
    ),
    time: writer(
      (second) => `${localTime(new Date(second * 1000))}.`,
      (ns) => THREE[Math.floor(ns / 1e6)]! + THREE[Math.floor(ns / 1e3) % 1000]!,
    ),
  };
}

function localTime(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, "0"))
    .join(":");
}

/** A clock that is set anew when `reset` is called with other readings; for traces that outlive a change of the wall clock. */
export function resettableClock(reading: Reading): Clock & { readonly reset: (reading: Reading) => void } {
  let current = clock(reading.monotonic, reading.wall);
  return {
    iso: (low, high) => current.iso(low, high),
    time: (low, high) => current.time(low, high),
    reset: ({ monotonic, wall }) => {
      current = clock(monotonic, wall);
    },
  };
}

interface Reading {
  readonly monotonic: bigint;
  readonly wall: bigint;
}

/**
 * Both clocks at one moment. JavaScript tells the wall clock in milliseconds only, so this waits for the next one to
 * begin (at most a millisecond) and is then right to a few microseconds.
 */
export function readClocks(): Reading {
  const from = Date.now();
  for (;;) {
    const wall = Date.now();
    const monotonic = process.hrtime.bigint();
    if (wall !== from) return { monotonic, wall: BigInt(wall) * 1_000_000n };
  }
}
