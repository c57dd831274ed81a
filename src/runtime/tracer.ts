import type { AttachPlan, Compiled } from "../compiler/compiled.ts";
import type { MetProgram } from "./program-watch.ts";

/**
 * What a trace needs of the kernel. `kernelTracer()` does it with the addon; tests and recordings have their own.
 * Methods throw PwqError for what the user can be told.
 */
export interface Tracer {
  load(compiled: Compiled, sizes: Sizes): Loaded;
}

export interface Sizes {
  /** Entries of the tracking map. */
  readonly followMap: number;
  /** Bytes of the ring buffer. */
  readonly buffer: number;
}

export const DEFAULT_SIZES: Sizes = { followMap: 65_536, buffer: 16 * 1024 * 1024 };

export interface Loaded {
  /** `met`: told of BPF programs at once and while the trace runs. */
  attach(plan: AttachPlan, met?: (program: MetProgram) => void): Attached;
  /** From now on batches of whole records come; the next one waits while a promise is pending. */
  read(onBatch: (batch: Uint8Array) => void | Promise<void>): void;
  /** The counters of layout.ts, summed over CPUs. */
  counters(): readonly bigint[];
  /** Entries of the tracking map, and how many of them are followed by each query. */
  tracked(): Tracked;
  /** Packets of which earlier values are kept. */
  remembered(): number;
  /** Probe hits that the kernel left out. */
  missed(): number;
  /** Nothing comes after this but what is already underway. */
  detach(): void;
  /** Resolves when everything that was produced before has been handed over. */
  flush(): Promise<void>;
  close(): void;
}

export interface Tracked {
  readonly entries: number;
  readonly followed: (query: number) => number;
}

export interface Attached {
  readonly count: number;
  /** BPF programs among them. */
  readonly programs?: number;
  /** Functions that the kernel refused, with the system's name of the error: `EINVAL`. */
  readonly refused: readonly { readonly symbol: string; readonly code: string }[];
}
