import type { RegisterValue } from "../btf/signature.ts";
import { POINT_KIND } from "../layout.ts";
import { packCookie } from "./cookie.ts";

/** BPF programs as points: which are loaded, and what they are called, is known only while the trace runs. */
export interface ProgramPoints {
  /** Entry program of the template, loaded once for each program that is looked at. */
  readonly program: string;
  /** Which part of the templates has it. */
  readonly template: "programs" | "xdp";
  /** Program types (`enum bpf_prog_type`). */
  readonly types: readonly number[];
  /** `tc`: stands behind the names, `cls_main(tc)`. */
  readonly label: string;
  /** Point numbers from `first` on are given to programs as they are met. */
  readonly first: number;
  readonly count: number;
  /** Conditions on names: bit n of a program's class is how the n-th comes out for `NAME(LABEL)`. */
  readonly tests: readonly ProgramTest[];
  /** Of the program with the first number; that of the n-th has n more. */
  readonly cookie: bigint;
}

export type ProgramTest = (name: string) => boolean;

/** So many different conditions a file may have on names of programs. */
export const TESTS = 4;
/** Programs for whose names they come out alike are of one class: its points follow each other. */
export const CLASSES = 2 ** TESTS;
/** More programs of a kind than that, loaded while one trace runs, nobody has. */
export const OF_CLASS = 256;

const KINDS = {
  // BPF_PROG_TYPE_SCHED_CLS and _SCHED_ACT
  tc: { program: "pwq_tc", template: "programs", types: [3, 4], label: "tc" },
  // BPF_PROG_TYPE_XDP
  frames: { program: "pwq_xdp", template: "programs", types: [6], label: "xdp" },
  xdp: { program: "pwq_xdp_of_skb", template: "xdp", types: [6], label: "xdp" },
} as const;

/** The packets at tc, frames at XDP programs, packets that XDP programs run for. */
export type ProgramKind = keyof typeof KINDS;

/** `at`: the queries (bits) that look at programs of that kind. */
export const programPoints = (kind: ProgramKind, at: number, first: number): ProgramPoints => ({
  ...KINDS[kind],
  first,
  count: CLASSES * OF_CLASS,
  tests: [],
  // The number is the cookie's lowest field, so that adding to the cookie adds to it.
  cookie: packCookie({ point: first, kind: POINT_KIND.tracepoint, at }),
});

/** Said of packets at XDP programs: a driver runs them before there is a socket buffer. */
export const FRAMES_NOTICE =
  "`at xdp` sees XDP programs in generic mode and on veth devices; `trace xdp` sees the frames in all modes";

/** What an XDP program returns: `enum xdp_action`. */
export const VERDICT: RegisterValue = { kind: "scalar", size: 4, signed: false };
