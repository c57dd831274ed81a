import type { EnumNames, Type } from "../../types.ts";
import { int, ip4, ip6, mac, string, unknown } from "../../types.ts";

/** A constant before it meets the type that it is compared with. */
export type Folded =
  | {
      readonly kind: "int";
      readonly value: bigint;
      readonly unit?: "duration" | "size" | undefined;
      /** Made by `~`: the bits above those of the other side are all ones and do not count. */
      readonly complement?: boolean | undefined;
    }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ip"; readonly version: 4 | 6; readonly value: bigint }
  | { readonly kind: "mac"; readonly value: bigint }
  /** An enumerator whose value only the kernel's BTF knows, and there is none. */
  | { readonly kind: "unknown" };

/** The type of a constant on its own. */
export function ownType(folded: Folded): Type {
  switch (folded.kind) {
    case "int":
      return int(64, { signed: folded.value < 0n, ...(folded.unit ? { unit: folded.unit } : {}) });
    case "bool":
      return { kind: "bool" };
    case "string":
      return string(new TextEncoder().encode(folded.value).length + 1);
    case "ip":
      return folded.version === 4 ? ip4 : ip6;
    case "mac":
      return mac;
    case "unknown":
      return unknown;
  }
}

/** What the other side of a comparison, a set or a parameter wants of a constant. */
export interface Expected {
  readonly type: Type;
  /** How the other side is called: `tcp.dport`. */
  readonly what: string;
  /** Significant bits, if fewer than the type's: a bitfield. */
  readonly bits?: number | undefined;
  /** A namespace's inode number, which may be given by name. */
  readonly netns?: boolean | undefined;
  /** A value from the kernel without a unit of its own: any unit will do. */
  readonly anyUnit?: boolean | undefined;
  /** Not all enumerators are known: there is no BTF. */
  readonly open?: boolean | undefined;
}

/** Names of values that the other side gives a meaning to. */
export const namesOf = (expected: Expected | undefined): EnumNames | undefined =>
  expected?.type.kind === "int" ? expected.type.names : undefined;
