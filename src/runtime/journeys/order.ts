import { RECORD_HEAD } from "../../compiler/layout.ts";

/**
 * Puts records into the order of their times. The ring buffer has them in the order in which room for them was made,
 * and that is later than the time was taken: a CPU may be interrupted in between, while clones of the packet go on
 * elsewhere. A record is handed on once one came that is younger by WINDOW_NS, or when that much time has gone by.
 */
export interface Order {
  /** Whole records; `bytes` is not kept. */
  take(bytes: Uint8Array): void;
  /** Hands on what is older than WINDOW_NS at `now`, in nanoseconds of the records' clock. */
  release(now: number): void;
  /** Hands on all there is. */
  flush(): void;
  /** Records that wait. */
  readonly waiting: number;
}

/** `bytes` hold the records at the first `count` of `places`, in their order. */
export type Give = (bytes: Uint8Array, places: readonly number[], count: number) => void;

/** Longer than a soft interrupt may run (2 ms, net.core.netdev_budget_usecs); shorter than anybody notices. */
export const WINDOW_NS = 5_000_000;
/** In a flood records do not wait for their time: this many bytes are a window, too. */
const MOST_BYTES = 4 << 20;

const TIME = RECORD_HEAD.offsets.time! >> 2;
const SIZE = RECORD_HEAD.offsets.size! >> 2;

export function order(give: Give): Order {
  let waiting = 0;
  let pending: Uint8Array = new Uint8Array(0);

  const hand = (all: Uint8Array, until: (youngest: number) => number): void => {
    const { places, times } = sorted(all);
    const limit = until(times.at(-1) ?? 0);
    let count = places.length;
    while (count > 0 && times[count - 1]! > limit) count--;
    const rest = places.slice(count);
    waiting = rest.length;
    // Before the rest is copied, so that what is handed on may end everything.
    if (count > 0) give(all, places, count);
    pending = copied(all, rest);
  };
  const window = (youngest: number): number => youngest - WINDOW_NS;
  return {
    take(bytes) {
      const all = pending.length === 0 ? aligned(bytes) : joined(pending, bytes);
      hand(all, all.length > MOST_BYTES ? () => Number.POSITIVE_INFINITY : window);
    },
    release(now) {
      if (waiting > 0) hand(pending, () => now - WINDOW_NS);
    },
    flush() {
      if (waiting > 0) hand(pending, () => Number.POSITIVE_INFINITY);
    },
    get waiting() {
      return waiting;
    },
  };
}

/** Where the records are and when they were made, oldest first; those of one time stay as they were. */
function sorted(bytes: Uint8Array): {
  readonly places: readonly number[];
  readonly times: readonly number[];
} {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  const places: number[] = [];
  const times: number[] = [];
  let inOrder = true;
  let before = 0;
  for (let at = 0; at < bytes.length; ) {
    const word = at >> 2;
    // Exact for 104 days after boot, then to two nanoseconds.
    const time = words[word + TIME + 1]! * 0x1_0000_0000 + words[word + TIME]!;
    places.push(at);
    times.push(time);
    if (time < before) inOrder = false;
    before = time;
    at += words[word + SIZE]!;
  }
  if (inOrder) return { places, times };
  const indices = places.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
  return { places: indices.map((i) => places[i]!), times: indices.map((i) => times[i]!) };
}

function copied(bytes: Uint8Array, places: readonly number[]): Uint8Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  const sizes = places.map((at) => words[(at >> 2) + SIZE]!);
  const copy = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let to = 0;
  places.forEach((at, i) => {
    copy.set(bytes.subarray(at, at + sizes[i]!), to);
    to += sizes[i]!;
  });
  return copy;
}

const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 8 === 0 ? bytes : bytes.slice());

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
