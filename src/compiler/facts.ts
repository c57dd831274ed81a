import type { Btf } from "./btf/btf.ts";

/**
 * What the compiler is told about a kernel. A value, gathered by `src/runtime/kernel/` or made by a test:
 * the same text and the same facts give the same bytes.
 */
export interface KernelFacts {
  /** `uname -r`, or a name for a BTF file given by hand. */
  readonly release: string;
  /** [6, 12, 3]; undefined where only a BTF file is known. */
  readonly version?: readonly [number, number, number];
  readonly arch: Arch;
  readonly btf: Btf;
  /** Split BTF of loaded modules; read on first call. */
  modules(): readonly Btf[];
  /** Functions ftrace can attach to (`available_filter_functions`), or undefined if tracefs cannot be read. */
  traceable(): TraceableFunctions | undefined;
  /** Tracepoint groups by name from tracefs `events/`; undefined if tracefs cannot be read. */
  tracepointGroup(name: string): string | undefined;
  readonly features: Features;
  /** Kernel symbols with addresses; undefined if kallsyms hides them. Read on first call. */
  symbols(): Symbols | undefined;
  /** The inode of a network namespace by its name (in `/run/netns`) or a path (`/proc/PID/ns/net`), or undefined. */
  netnsInode(name: string): number | undefined;
  readonly netnsNames: () => readonly string[];
  /** Names of the interfaces there are now, in all namespaces that can be entered; undefined if that cannot be told. */
  interfaceNames(): readonly string[] | undefined;
}

export type Arch = "x86_64" | "arm64";
export type Backend = "kprobe-multi" | "kprobe" | "tracepoint";

/** Each is the result of a probe, never of a version comparison. `false` comes with a reason for `pwq doctor`. */
export interface Features {
  readonly kprobeMulti: boolean;
  readonly kprobe: boolean;
  /** One program on entries and returns of many functions (Linux 6.10). */
  readonly kprobeSession: boolean;
  readonly rawTracepoint: boolean;
  /** Programs on other BPF programs, with cookies (Linux 6.0). */
  readonly programProbe: boolean;
  /** The kfunc `bpf_rdonly_cast` (Linux 6.2) is callable: loads are direct. */
  readonly rdonlyCast: boolean;
  readonly ringBuffer: boolean;
  /** Programs can read the count of interrupts (`preempt_count`), so that it is known what an event interrupted. */
  readonly interruptContext: boolean;
}

export interface TraceableFunctions {
  /** `module` undefined: vmlinux. */
  has(name: string, module?: string): boolean;
  /** Several functions have the name: a probe by name would reach one of them, and BTF does not say which it describes. */
  isAmbiguous(name: string, module?: string): boolean;
  /** Compiler copies (`tcp_rcv.isra.0`, `.constprop.0`, `.part.0`, `.cold`) of a function: BTF does not describe them. */
  copies(): readonly string[];
}

export interface Symbols {
  /** `name+0x1b` parts for an address; undefined below the first symbol. */
  lookup(
    address: bigint,
  ): { readonly name: string; readonly offset: number; readonly module?: string } | undefined;
  /** All address ranges [start, end) of functions with that name. */
  ranges(name: string): readonly { readonly start: bigint; readonly end: bigint }[];
  /** Names of all functions for which `test` holds; used for globs over drop locations. */
  select(test: (name: string) => boolean): readonly string[];
}
