/** The units of durations and sizes. */

/** Nanoseconds. */
export const DURATION_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Bytes. */
export const SIZE_UNITS: Readonly<Record<string, bigint>> = {
  B: 1n,
  KB: 1_000n,
  KiB: 1n << 10n,
  MB: 1_000_000n,
  MiB: 1n << 20n,
  GB: 1_000_000_000n,
  GiB: 1n << 30n,
};

/** What people write for a unit, where edit distance would not find it. */
export const OTHER_UNITS: Readonly<Record<string, string>> = {
  µs: "us",
  usec: "us",
  msec: "ms",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  min: "m",
  mins: "m",
  minute: "m",
  minutes: "m",
  hour: "h",
  hours: "h",
  hr: "h",
  k: "KB",
  K: "KiB",
  Ki: "KiB",
  kb: "KB",
  kB: "KB",
  kib: "KiB",
  M: "MiB",
  Mi: "MiB",
  mb: "MB",
  mib: "MiB",
  G: "GiB",
  Gi: "GiB",
  gb: "GB",
  gib: "GiB",
  b: "B",
  byte: "B",
  bytes: "B",
};
