import type { RegisterValue } from "./btf/signature.ts";
import type { Backend } from "./facts.ts";
import type { ProgramPoints } from "./plan/programs.ts";
import type { ReturnPlan } from "./plan/returns.ts";
import type { CheckedQuery, ShowColumn, TExpr } from "./typed.ts";
import type { Type } from "./types.ts";

/** What the compiler hands to the runtime: an object to link with the template, what to attach, how to read records. */
export interface Compiled {
  /** A relocatable eBPF ELF object: the query's functions and tracepoint programs. */
  readonly object: Uint8Array;
  /** Which templates it is linked with: `kprobe.x86_64`. */
  readonly templates: readonly string[];
  /** Which maps of packets, of their earlier events and of the calls they are in the queries use. */
  readonly remembers: {
    readonly packets: boolean;
    readonly last: boolean;
    readonly seen: boolean;
    readonly calls: boolean;
  };
  readonly plan: AttachPlan;
  readonly queries: readonly CompiledQuery[];
  /** The program as annotated assembly, made on first use: for `explain` and to map a verifier's refusal to a span. */
  readonly listing: readonly ListingLine[];
}

export interface AttachPlan {
  readonly backend: Backend;
  /** Indexed by the point number that records carry. */
  readonly points: readonly PointInfo[];
  /** Functions to probe, with cookies. */
  readonly kprobes: readonly KprobeAttachment[];
  /** How returns of functions are seen, if a query asks for them. */
  readonly returns?: ReturnPlan;
  /** Loaded BPF programs to look at, and those that are loaded later. */
  readonly programPoints: readonly ProgramPoints[];
  /** Raw tracepoints, each with its own program in the object. */
  readonly tracepoints: readonly TracepointAttachment[];
  /** What was asked for and is left out on purpose, with the reason: compiler copies, not traceable, too many arguments. */
  readonly leftOut: () => readonly { readonly reason: string; readonly names: readonly string[] }[];
  /** One line each, for the user before the trace starts: "no kprobes here: following 14 tracepoints". */
  readonly notices: readonly string[];
}

export interface PointInfo {
  readonly kind: "function" | "tracepoint" | "drop" | "return" | "program";
  /** `ip_rcv`, `net:netif_rx`; for drops `skb:kfree_skb`; of a BPF program what it is: its name is known when it is met. */
  readonly name: string;
  readonly module?: string;
  /** Of a return: what is in the register. */
  readonly value?: RegisterValue;
}
export interface KprobeAttachment {
  readonly symbol: string;
  readonly module?: string;
  readonly cookie: bigint;
  /** Of the template. */
  readonly program: string;
}
export interface TracepointAttachment {
  /** Program name in the object. */
  readonly program: string;
  /** Without group: `kfree_skb`. */
  readonly tracepoint: string;
  /** Left out silently if the kernel does not have it (a lifecycle hook that only some kernels know). */
  readonly optional?: boolean;
}

export interface CompiledQuery {
  readonly index: number;
  readonly checked: CheckedQuery;
  readonly record: RecordLayout;
  readonly columns: readonly ShowColumn[];
}

/** A record: the fixed head (`RECORD_HEAD` in layout.ts), presence words, then slots in order. */
export interface RecordLayout {
  /** Bytes, a multiple of 8. */
  readonly size: number;
  /** Of one that is no drop, which ends before what only drops have. */
  readonly short: number;
  /** Offset of the first of the 64-bit presence words, and how many there are. */
  readonly presence: number;
  readonly presenceWords: number;
  readonly slots: readonly Slot[];
}

/** One captured leaf. `key` is its canonical text: a field name, a raw path, `payload(32)`. */
export interface Slot {
  readonly key: string;
  readonly type: Type;
  readonly encoding: Encoding;
  readonly offset: number;
  readonly size: number;
  /** Bit in the presence words that says the value is there; undefined: it always is. */
  readonly bit?: number;
  readonly expr: TExpr;
}

/**
 * How a slot's bytes are to be read.
 * uint, sint: a little-endian number of 1, 2, 4 or 8 bytes, aligned.
 * ip4, ip6, mac: 4, 16, 6 bytes in network order (mac takes 8).
 * ip: 24 bytes: u32 version (4 or 6), u32 zero, then 16 bytes (an IPv4 address fills the first four).
 * chars: NUL-terminated text in `size` bytes. bytes: `size` raw bytes.
 * counted: u32 length, then that many bytes (at most `size` - 4).
 * stack: u32 length in bytes, u32 zero, then u64 return addresses, innermost first.
 * dump: the structure's bytes; its members are in the slot's type.
 * tuple: `TUPLE` in layout.ts.
 */
export type Encoding =
  | "uint"
  | "sint"
  | "ip4"
  | "ip6"
  | "ip"
  | "mac"
  | "chars"
  | "bytes"
  | "counted"
  | "stack"
  | "dump"
  | "tuple";

export interface ListingLine {
  readonly pc: number;
  readonly text: string;
  /** Text of the query this came from, if it did. */
  readonly query?: string;
  readonly span?: { readonly start: number; readonly end: number };
}
