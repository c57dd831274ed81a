/**
 * BTF as the compiler sees it: types by id and by name, without the file format (that is `reader.ts`).
 * Format: Documentation/bpf/btf.rst. Ids are those of the kernel; split BTF of a module goes on where vmlinux ends.
 */
export type BtfKind =
  | "void"
  | "int"
  | "ptr"
  | "array"
  | "struct"
  | "union"
  | "enum"
  | "enum64"
  | "fwd"
  | "typedef"
  | "volatile"
  | "const"
  | "restrict"
  | "func"
  | "func_proto"
  | "var"
  | "datasec"
  | "float"
  | "decl_tag"
  | "type_tag";

export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** Zero unless it is a bitfield. */
  readonly bitSize: number;
}

export interface BtfType {
  readonly id: number;
  readonly kind: BtfKind;
  readonly name: string;
  /** Bytes; of int, struct, union, enum, enum64, float, datasec. */
  readonly size: number;
  /** What a ptr, typedef, modifier, func, var, array (element) or func_proto (return) refers to. */
  readonly type: number;
  readonly members: readonly BtfMember[];
  /** Of func_proto; the last one may be variadic: type 0 and no name. */
  readonly params: readonly { readonly name: string; readonly type: number }[];
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
  /** Of an array. */
  readonly count: number;
  /** Of int and enum. */
  readonly signed: boolean;
  /** Of int: printed as a character / a boolean. */
  readonly encoding?: "char" | "bool";
}

export interface Btf {
  /** `vmlinux` or the module's name. */
  readonly name: string;
  /** Ids run from `firstId` (1 for vmlinux) to `endId` - 1. */
  readonly firstId: number;
  readonly endId: number;
  /** Decodes on first use; id 0 is void. Throws RangeError for an id that does not exist. */
  type(id: number): BtfType;
  /** The first type of that kind and name, in this BTF or its base. */
  find(kind: BtfKind, name: string): BtfType | undefined;
  /** Follows typedefs and const/volatile/restrict/type_tag to the type behind. */
  resolve(id: number): BtfType;
  /**
   * Every function whose prototype has `struct sk_buff *` (const too) in an argument register; this BTF only.
   * `registers`: how many the calling convention has (x86-64: 6, the default; arm64: 8).
   */
  skbFunctions(registers?: number): readonly SkbFunction[];
  /** All functions, in order; this BTF only. A name may be there several times. */
  functions(): readonly BtfFunction[];
  /** Functions that take an skb where a probe cannot read it, with the reason; this BTF only. */
  skbFunctionsLeftOut(registers?: number): readonly LeftOutFunction[];
  /** Every `btf_trace_NAME` typedef whose prototype carries a `struct sk_buff *`; this BTF only. */
  skbTracepoints(): readonly SkbTracepoint[];
  /** Names of all types of that kind that start with a prefix, for completion and "did you mean"; this BTF only. */
  names(kind: BtfKind, prefix?: string): readonly string[];
}

export interface BtfFunction {
  readonly name: string;
  /** Its func_proto, in the same BTF. */
  readonly prototype: number;
}

export interface SkbFunction {
  readonly name: string;
  readonly btfId: number;
  /** Zero-based position of the first skb argument in registers (0..5 on x86-64, 0..7 on arm64). */
  readonly position: number;
  /** Its func_proto, in the same BTF. */
  readonly prototype: number;
}

export interface LeftOutFunction {
  readonly name: string;
  readonly reason: string;
}

export interface SkbTracepoint {
  /** Without the `btf_trace_` prefix: `kfree_skb`. */
  readonly name: string;
  /** Zero-based position of the skb in the raw tracepoint's arguments. */
  readonly position: number;
  readonly params: readonly { readonly name: string; readonly type: number }[];
}
