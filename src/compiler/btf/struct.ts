/**
 * Structs by tag, and their members by name as C finds them: through anonymous structs and unions.
 */
import type { Btf, BtfMember, BtfType } from "./btf.ts";

export interface Struct {
  readonly btf: Btf;
  readonly type: BtfType;
}

/** The struct or union behind a type, also one that this BTF only declares. */
export function layOpen(btfs: readonly Btf[], btf: Btf, id: number): Struct | undefined {
  const type = btf.resolve(id);
  if (type.kind === "struct" || type.kind === "union") return { btf, type };
  return type.kind === "fwd" ? findStruct(btfs, type.name) : undefined;
}

/** The struct or union of that tag, in the first BTF that lays it open. */
export function findStruct(btfs: readonly Btf[], tag: string): Struct | undefined {
  for (const btf of btfs) {
    const type = btf.find("struct", tag) ?? btf.find("union", tag);
    if (type) return { btf, type };
  }
  return undefined;
}

export interface FoundMember {
  readonly member: BtfMember;
  /** From the start of the outermost struct. */
  readonly bitOffset: number;
}

/** Deeper than any nesting in a kernel: a struct that contains itself, in a corrupt file. */
const MAX_NESTING = 16;

/** Members by their names, those of anonymous structs and unions as if they were its own. */
export function* namedMembers(btf: Btf, struct: BtfType, start = 0, depth = 0): Generator<FoundMember> {
  for (const member of struct.members) {
    const bitOffset = start + member.bitOffset;
    if (member.name !== "") yield { member, bitOffset };
    else if (depth < MAX_NESTING) yield* namedMembers(btf, btf.resolve(member.type), bitOffset, depth + 1);
  }
}

export function findMember(btf: Btf, struct: BtfType, name: string): FoundMember | undefined {
  for (const found of namedMembers(btf, struct)) if (found.member.name === name) return found;
  return undefined;
}
