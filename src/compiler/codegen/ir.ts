import type { Layer } from "../fields/field.ts";
import type { PcapFilter } from "../pcap/filter.ts";

/**
 * The intermediate form between the typed tree and instructions: what to read and what to test, with kernel offsets
 * known, but no registers and no way of reading chosen. Numbers are 64 bits wide; a value may be absent, a condition
 * never is: lowering has turned the three-valued logic into two conditions, "surely true" and "surely false".
 * `inner`: of the packet inside a tunnel.
 */
export type Value =
  | { readonly op: "const"; readonly value: bigint }
  /** A member of `struct pwq_event`. */
  | { readonly op: "event"; readonly member: string }
  /** A member of the packet view; absent unless one of the `has` bits is set. */
  | { readonly op: "view"; readonly member: string; readonly has: number; readonly inner?: true }
  /** A word that this query has put on the stack at this event; see past.ts. */
  | { readonly op: "local"; readonly name: string }
  /** Kernel memory; absent if `base` is absent or not a kernel address. */
  | Load
  /** Header bytes in network order, as a number; absent if the header or these bytes of it are not in the linear data. */
  | Header
  /** The address of the network header of an ordinary packet, kept in r7: only in `pwq_select`. */
  | { readonly op: "network" }
  /** A member of pt_regs at a function; absent at tracepoints. */
  | { readonly op: "regs"; readonly offset: number }
  /** 1 or 0, as a filter of libpcap's language says; absent where it says nothing of such a packet. */
  | { readonly op: "pcap"; readonly filter: PcapFilter; readonly inner?: true }
  | { readonly op: "helper"; readonly helper: "cpu" | "pid_tgid" | "cgroup" }
  /** CONTEXT in layout.ts; absent where the kernel does not tell. */
  | { readonly op: "context" }
  | {
      readonly op: "alu";
      readonly alu: Alu;
      readonly signed: boolean;
      readonly left: Value;
      readonly right: Value;
    }
  /** Byte order of a number of that many bytes. */
  | { readonly op: "swap"; readonly size: 2 | 4 | 8; readonly value: Value }
  /** A bitfield: unsigned unless told. */
  | {
      readonly op: "bits";
      readonly shift: number;
      readonly width: number;
      readonly signed: boolean;
      readonly value: Value;
    }
  | {
      readonly op: "minmax";
      readonly which: "min" | "max";
      readonly signed: boolean;
      readonly left: Value;
      readonly right: Value;
    }
  /** Absent unless the condition holds. */
  | { readonly op: "guard"; readonly condition: Cond; readonly value: Value }
  /** The first that is present. */
  | { readonly op: "first"; readonly of: readonly Value[] };

export interface Load {
  readonly op: "load";
  readonly base: Value;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

export interface Header {
  readonly op: "header";
  readonly layer: Layer;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly inner?: true;
}

export type Alu = "|" | "^" | "&" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";

/** True or not true; a value that is absent makes the leaf it stands in not true. */
export type Cond =
  | { readonly op: "const"; readonly value: boolean }
  | { readonly op: "and" | "or"; readonly of: readonly Cond[] }
  | {
      readonly op: "cmp";
      readonly cmp: "==" | "!=" | "<" | "<=" | ">" | ">=";
      readonly signed: boolean;
      readonly left: Value;
      readonly right: Value;
    }
  /** (value & mask) != 0 */
  | { readonly op: "test"; readonly value: Value; readonly mask: bigint }
  | { readonly op: "present"; readonly value: Value; readonly negated: boolean }
  /** The packet has one of these view bits, or (negated) none. */
  | { readonly op: "has"; readonly bits: number; readonly negated: boolean; readonly inner?: true }
  /** value is in one of the sorted, disjoint ranges. `value` has one part, or two (high, low) for IPv6. */
  | {
      readonly op: "ranges";
      readonly negated: boolean;
      readonly parts: readonly Value[];
      readonly bits: 32 | 64 | 128;
      readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
    }
  /** A string is one of these, or matches the automaton; `negated` is still not true where the string is absent. */
  | {
      readonly op: "text";
      readonly negated: boolean;
      readonly source: Bytes;
      readonly test: TextTest;
    };

export type TextTest =
  | { readonly kind: "equals"; readonly text: string }
  | { readonly kind: "pattern"; readonly how: "glob" | "regex"; readonly pattern: string };

/** A run of bytes, for text tests and for capture. */
export type Bytes =
  /** `size` bytes of kernel memory at base + offset. */
  | { readonly op: "memory"; readonly base: Value; readonly offset: number; readonly size: number }
  /** The C string `pointer` points to, at most `size` bytes. */
  | { readonly op: "cstring"; readonly pointer: Value; readonly size: number }
  /** Header bytes. */
  | {
      readonly op: "header";
      readonly layer: Layer;
      readonly offset: number;
      readonly size: number;
      readonly inner?: true;
    }
  /** The current task's name. */
  | { readonly op: "comm"; readonly size: 16 }
  /** What follows the transport header, at most `size` bytes. */
  | { readonly op: "payload"; readonly size: number }
  | { readonly op: "guard"; readonly condition: Cond; readonly bytes: Bytes }
  | { readonly op: "first"; readonly of: readonly Bytes[] };

export const constant = (value: bigint | number): Value => ({ op: "const", value: BigInt(value) });
export const SKB: Value = { op: "event", member: "skb" };
export const NETWORK: Value = { op: "network" };
export const load = (base: Value, offset: number, size: Load["size"], signed = false): Value => ({
  op: "load",
  base,
  offset,
  size,
  signed,
});
export const TRUE: Cond = { op: "const", value: true };
export const FALSE: Cond = { op: "const", value: false };

/** Conjunction with constants folded and nested conjunctions flattened; likewise `or`. */
export function and(...of: readonly Cond[]): Cond {
  return junction("and", of, TRUE, FALSE);
}
export function or(...of: readonly Cond[]): Cond {
  return junction("or", of, FALSE, TRUE);
}

function junction(op: "and" | "or", of: readonly Cond[], neutral: Cond, absorbing: Cond): Cond {
  const flat: Cond[] = [];
  for (const c of of) {
    if (c.op === "const" && c.value === (absorbing as { value: boolean }).value) return absorbing;
    if (c.op === "const") continue;
    if (c.op === op) flat.push(...c.of);
    else flat.push(c);
  }
  if (flat.length === 0) return neutral;
  return flat.length === 1 ? flat[0]! : { op, of: flat };
}
