/**
 * A kernel path (`skb->dev->ifindex`) after BTF: which pointers to load in turn, and what lies at the end.
 */
export interface ResolvedPath {
  /** Pointers loaded on the way, each relative to the one before (the first to the root). NULL: the path is absent. */
  readonly derefs: readonly Deref[];
  /** Byte offset of the value from the last pointer. */
  readonly offset: number;
  readonly value: PathValue;
}

export interface Deref {
  readonly offset: number;
  /** Bits kept of the loaded pointer (`skb->_skb_refdst & ~1`); absent: all. */
  readonly mask?: bigint;
}

export type PathValue =
  | {
      readonly kind: "scalar";
      readonly size: 1 | 2 | 4 | 8;
      readonly signed: boolean;
      /** Of a bitfield: position from the least significant bit of the loaded little-endian word, and width. */
      readonly bits?: { readonly shift: number; readonly width: number };
      /** Name of the C enum, if it is one; its values come from BTF. */
      readonly enumName?: string;
      readonly enumValues?: ReadonlyMap<string, bigint>;
      readonly bool?: boolean;
      /** A typedef that says the byte order: __be16, __be32, __be64, __sum16. */
      readonly bigEndian?: boolean;
    }
  | { readonly kind: "pointer"; readonly target: string }
  /** `char name[16]` */
  | { readonly kind: "chars"; readonly size: number }
  /** Anything else with a size: struct in6_addr, u8 addr[6]. */
  | { readonly kind: "bytes"; readonly size: number; readonly typeName: string };
