import type { Shape } from "./btf/shape.ts";

/**
 * The types of pwq values. Every expression has one; unlike types do not compare.
 * `int` covers everything that is a number in the kernel; `unit` keeps kinds of numbers apart where mixing them
 * is surely a mistake, `names` holds enumerators, `base` says how it is printed.
 */
export type Type =
  | IntType
  | { readonly kind: "bool" }
  /** An IP address; `version` absent: either family, known only per packet. */
  | { readonly kind: "ip"; readonly version?: 4 | 6 }
  | { readonly kind: "mac" }
  /** A NUL-terminated string of at most `size` bytes (IFNAMSIZ, TASK_COMM_LEN, a char array). */
  | { readonly kind: "string"; readonly size: number }
  /** Raw bytes, printed in hex; at most `size`. `words`: as numbers of 32 bits in the machine's order. */
  | { readonly kind: "bytes"; readonly size: number; readonly words?: true }
  /** Only printable: the packet's addresses and ports in one column. */
  | { readonly kind: "tuple" }
  /** Only printable: a kernel stack, innermost frame first; of at most so many frames. */
  | { readonly kind: "stack"; readonly frames?: number }
  /** Only printable: all members of a structure. */
  | { readonly kind: "dump"; readonly name: string; readonly size: number; readonly shape: Shape }
  /** Checked without kernel facts, and only the kernel's BTF could tell. Never in a program that is compiled. */
  | { readonly kind: "unknown" };

export interface IntType {
  readonly kind: "int";
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  /** duration: nanoseconds; size: bytes; pointer: a kernel address; time: nanoseconds since boot. */
  readonly unit?: "duration" | "size" | "pointer" | "time";
  /** Enumerators by name. `flags`: each is a mask, for `has` and for printing `SYN|ACK`. */
  readonly names?: EnumNames;
  /** How the number is printed; decimal if absent. */
  readonly base?: "hex";
}

export interface EnumNames {
  /** The kernel's or our name of the enumeration: `skb_drop_reason`, `tcp flags`. */
  readonly name: string;
  readonly values: ReadonlyMap<string, bigint>;
  readonly flags?: boolean;
}

export const bool: Type = { kind: "bool" };
export const int = (bits: IntType["bits"], rest: Partial<Omit<IntType, "kind" | "bits">> = {}): IntType => ({
  kind: "int",
  bits,
  signed: false,
  ...rest,
});
export const u8 = int(8);
export const u16 = int(16);
export const u32 = int(32);
export const u64 = int(64);
export const duration: IntType = int(64, { unit: "duration" });
export const size: IntType = int(32, { unit: "size" });
export const pointer: IntType = int(64, { unit: "pointer", base: "hex" });
export const ip: Type = { kind: "ip" };
export const ip4: Type = { kind: "ip", version: 4 };
export const ip6: Type = { kind: "ip", version: 6 };
export const mac: Type = { kind: "mac" };
export const string = (size: number): Type => ({ kind: "string", size });
export const unknown: Type = { kind: "unknown" };
export const bytes = (size: number): Type => ({ kind: "bytes", size });
