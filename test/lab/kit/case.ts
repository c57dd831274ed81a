import type { Hosts } from "./hosts.ts";
import type { Pwq } from "./pwq.ts";

/** One test in the guest: it passes if `run` returns, fails if it throws, and is skipped if it throws `Skip`. */
export interface Case {
  /** A sentence of what is true, in lower case. */
  readonly name: string;
  /** Why this kernel cannot run the case; undefined: it can. */
  readonly unless?: (kernel: Kernel) => string | undefined;
  /** Seconds, 90 unless told. */
  readonly timeout?: number;
  /** It changes the guest for good, so it runs after all others. */
  readonly last?: true;
  readonly run: (lab: Lab) => Promise<void> | void;
}

/** What a case works with. All that it starts or makes is removed after it. */
export interface Lab {
  readonly kernel: Kernel;
  readonly hosts: Hosts;
  readonly pwq: Pwq;
  /**
   * The `at` clause for cases that care about the way of a packet but not about every function on it: empty, which is
   * all functions, but where a kernel has no kprobe-multi the few that cases look for. Hundreds of single kprobes take
   * minutes to attach under emulation.
   */
  readonly at: string;
  /** An object with BPF programs: programs.bpf.c. */
  readonly programs: string;
  /** An empty folder of this case. */
  readonly folder: string;
  /** The folder of the fault scripts. */
  readonly faults: string;
  /** What a case that stands for many small ones says of each: rows of a table, with a column for every kernel. */
  readonly mark: (row: string, passed: boolean) => void;
}

export interface Kernel {
  readonly release: string;
  readonly major: number;
  readonly minor: number;
}

export function atLeast(kernel: Kernel, major: number, minor: number): boolean {
  return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
}

/** `unless` of a case that needs kprobe-multi: Debian builds 6.1 without it. */
export const withoutKprobeMulti = (kernel: Kernel): string | undefined =>
  atLeast(kernel, 6, 2) ? undefined : "no kprobe-multi in this kernel";

export const pointsFor = (kernel: Kernel): string =>
  withoutKprobeMulti(kernel) ? "at path, veth_xmit, packet_rcv, __ip_queue_xmit" : "";

export class Skip extends Error {}
