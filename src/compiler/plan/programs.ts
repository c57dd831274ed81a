import { POINT_KIND } from "../layout.ts";
import { packCookie } from "./cookie.ts";

/** BPF programs as points: which are loaded, and what they are called, is known only while the trace runs. */
export interface ProgramPoints {
  /** Entry program of the template, loaded once for each program that is looked at. */
  readonly program: string;
  /** Program types (`enum bpf_prog_type`). */
  readonly types: readonly number[];
  /** `tc`: stands behind the names, `cls_main(tc)`. */
  readonly label: string;
  /** Point numbers from `first` on are given to programs as they are met. */
  readonly first: number;
  readonly count: number;
  /** Of the program with the first number; that of the n-th has n more. */
  readonly cookie: bigint;
}

/** More programs than that at tc, loaded while one trace runs, nobody has. */
const MOST = 256;

const SCHED_CLS = 3;
const SCHED_ACT = 4;

/** `at`: the queries (bits) that look at programs at tc. */
export const tcPrograms = (at: number, first: number): ProgramPoints => ({
  program: "pwq_tc",
  types: [SCHED_CLS, SCHED_ACT],
  label: "tc",
  first,
  count: MOST,
  // The number is the cookie's lowest field, so that adding to the cookie adds to it.
  cookie: packCookie({ point: first, kind: POINT_KIND.tracepoint, at }),
});
