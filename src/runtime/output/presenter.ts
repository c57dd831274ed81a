import type { Said } from "../../hooks/run/said.ts";

/**
 * What a trace tells its audience. A presenter turns it into lines; there is one for people and one for programs.
 */
export interface Presenter {
  start(info: StartInfo): void;
  /** The record at byte `at` of the current batch, of query number `query`. */
  event(query: number, at: number): void;
  /** What hooks print, report and emit, at its place among the events. */
  said(all: readonly Said[]): void;
  lost(loss: Loss): void;
  /** What `ending` had to let go. Of one packet: before its events. */
  cut(cut: Cut): void;
  end(info: EndInfo): void;
}

export interface StartInfo {
  readonly version: string;
  /** The program as written. */
  readonly query: string;
  /** `uname -r` */
  readonly kernel: string;
  readonly backend: string;
  /** Functions and tracepoints attached to. */
  readonly probes: number;
}

/** Why something that should have been seen was not, and what was lost. */
export const CAUSES = {
  ring_full: { unit: "event", text: "the ring buffer was full; a larger --buffer holds more" },
  map_full: { unit: "packet", text: "the tracking map was full; a larger --follow-map holds more" },
  clone_full: { unit: "clone", text: "the tracking map was full; a larger --follow-map holds more" },
  frame_full: { unit: "return", text: "more functions were underway at once than can be remembered" },
  evicted: {
    unit: "packet",
    text: "they were pushed out of the tracking map; a larger --follow-map holds more",
  },
  calls_full: {
    unit: "call",
    text: "calls for other packets were nested too deep to tell which one a function works for",
  },
  past_evicted: {
    unit: "packet",
    text: "their earlier values were pushed out; a larger --follow-map holds more",
  },
  missed: { unit: "probe hit", text: "a probe was hit while one was running on that CPU" },
  unread: { unit: "event", text: "they were not read from the ring buffer" },
  groups_full: {
    unit: "event",
    text: "there were more groups, or different values for `uniq`, than are kept",
  },
  marks: {
    unit: "mark",
    text: "the ring buffer was full; journeys may be held longer, or be shown without their beginning",
  },
} as const satisfies Record<string, { readonly unit: string; readonly text: string }>;

export type Cause = keyof typeof CAUSES;

export interface Loss {
  readonly cause: Cause;
  /** Since the last time this cause was told. */
  readonly count: number;
}

/** Why an event that `ending` held was neither shown nor discarded, and what to do about it. */
export const CUTS = {
  bound: "a journey had more events than are held; `--hold-events` holds more",
  timeout: "their packets had not ended in time; `--hold-time` waits longer",
  memory: "there was no room to hold them; `--hold-memory` gives more",
  unfinished: "the trace ended before their packets did",
} as const satisfies Record<string, string>;

export type CutCause = keyof typeof CUTS;

export interface Cut {
  readonly cause: CutCause;
  /** Events; since the last time this cause was told, or of this packet. */
  readonly count: number;
  /** Whose events follow without these. */
  readonly packet?: number | bigint;
  readonly query?: number;
}

export interface EndInfo {
  /** Events shown. */
  readonly events: number;
  readonly packets: number;
  /** Events held by `ending` whose journeys ended otherwise. */
  readonly discarded: number;
  /** Events held by `ending` that had to be let go, over all causes. */
  readonly cut: number;
  /** Over all causes. */
  readonly lost: number;
  /** Packets that `where` selected and `sample` or `rate` left out. */
  readonly thinned: number;
  readonly seconds: number;
  readonly reason: EndReason;
  /** Of the command after `--`, if there was one. */
  readonly command?: CommandEnd;
  /** Files that were written, where they are rotated. */
  readonly files?: number;
}

/** What ended the trace. */
export type EndReason = "limit" | "time" | "stop" | "command" | "signal" | "output" | "recording";

export interface CommandEnd {
  readonly status: number | null;
  readonly signal: string | null;
}
