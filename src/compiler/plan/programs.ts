import type { RegisterValue } from "../btf/signature.ts";
import { POINT_KIND } from "../layout.ts";
import type { CheckedQuery } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";
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
  /** Of the program with the first number; that of the n-th has n more. */
  readonly cookie: bigint;
}

/** More programs of a kind than that, loaded while one trace runs, nobody has. */
const MOST = 256;

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
  count: MOST,
  // The number is the cookie's lowest field, so that adding to the cookie adds to it.
  cookie: packCookie({ point: first, kind: POINT_KIND.tracepoint, at }),
});

/** Said of packets at XDP programs: a driver runs them before there is a socket buffer. */
export const FRAMES_NOTICE =
  "`at xdp` sees XDP programs in generic mode and on veth devices; `trace xdp` sees the frames in all modes";

/** What an XDP program returns: `enum xdp_action`. */
export const VERDICT: RegisterValue = { kind: "scalar", size: 4, signed: false };

/** Said of queries that look at programs and test `func`: names of programs are not known when the query is compiled. */
export function nameNotice({ where, when, stop, at }: CheckedQuery): string[] {
  const looks = at.some((p) => p.kind === "NamedPoint" && (p.name === "tc" || p.name === "xdp"));
  const conditions = [where, when, stop].filter((expr) => expr !== undefined);
  const tests = conditions.some((expr) =>
    someExpr(expr, (part) => part.kind === "field" && part.field.name === "func"),
  );
  return looks && tests ? ["conditions on `func` do not know the names of BPF programs"] : [];
}
