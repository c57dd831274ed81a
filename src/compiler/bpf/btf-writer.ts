import { ByteWriter } from "./byte-writer.ts";
import { StringTable } from "./string-table.ts";

/** The position of a type in the order of writing, from 1; 0 is void. */
export type TypeId = number;

/** Kernel: include/uapi/linux/btf.h, Documentation/bpf/btf.rst. */
const KIND = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  const: 10,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
} as const;

/** Who sees a function, and whether it is here. */
export const FUNC_LINKAGE = { static: 0, global: 1, extern: 2 } as const;
export const VAR_LINKAGE = { static: 0, global: 1, extern: 2 } as const;

export const BTF_MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_SIZE = 24;

export interface BtfSectionVar {
  readonly type: TypeId;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
}

/** Writes BTF, the kernel's type format: each method adds a type and returns its id. */
export class BtfWriter {
  /** Also addressed by `.BTF.ext`. */
  readonly strings: StringTable = new StringTable();
  readonly #types = new ByteWriter();
  #count = 0;

  /** Unsigned, as C's `unsigned long long` is: no encoding bits. */
  int(name: string, size: 1 | 2 | 4 | 8): TypeId {
    const id = this.#head(name, KIND.int, 0, size);
    this.#types.u32(8 * size);
    return id;
  }
  const(of: TypeId): TypeId {
    return this.#head("", KIND.const, 0, of);
  }
  array(element: TypeId, index: TypeId, count: number): TypeId {
    const id = this.#head("", KIND.array, 0, 0);
    this.#types.u32(element, index, count);
    return id;
  }
  ptr(to: TypeId): TypeId {
    return this.#head("", KIND.ptr, 0, to);
  }
  /** Offsets in bytes. */
  struct(
    name: string,
    size: number,
    members: readonly { readonly name: string; readonly type: TypeId; readonly offset: number }[],
  ): TypeId {
    const id = this.#head(name, KIND.struct, members.length, size);
    for (const { name, type, offset } of members) this.#types.u32(this.strings.add(name), type, offset * 8);
    return id;
  }
  /** An empty parameter name is allowed only for extern functions: the kernel wants names. */
  funcProto(result: TypeId, params: readonly { readonly name: string; readonly type: TypeId }[]): TypeId {
    const id = this.#head("", KIND.funcProto, params.length, result);
    for (const { name, type } of params) this.#types.u32(this.strings.add(name), type);
    return id;
  }
  func(name: string, proto: TypeId, linkage: keyof typeof FUNC_LINKAGE): TypeId {
    return this.#head(name, KIND.func, FUNC_LINKAGE[linkage], proto);
  }
  var(name: string, type: TypeId, linkage: keyof typeof VAR_LINKAGE): TypeId {
    const id = this.#head(name, KIND.var, 0, type);
    this.#types.u32(VAR_LINKAGE[linkage]);
    return id;
  }
  /** The variables of an ELF section, ascending by offset. */
  datasec(section: string, size: number, vars: readonly BtfSectionVar[]): TypeId {
    const id = this.#head(section, KIND.datasec, vars.length, size);
    for (const { type, offset, size } of vars) this.#types.u32(type, offset, size);
    return id;
  }

  /** The content of `.BTF`: header, types, strings. */
  bytes(): Uint8Array {
    const strings = this.strings.bytes();
    const out = new ByteWriter();
    out.u16(BTF_MAGIC);
    out.u8(VERSION);
    out.u8(0);
    out.u32(HEADER_SIZE, 0, this.#types.size, this.#types.size, strings.length);
    out.append(this.#types.bytes());
    out.append(strings);
    return out.bytes();
  }

  #head(name: string, kind: number, vlen: number, sizeOrType: number): TypeId {
    this.#types.u32(this.strings.add(name), (kind << 24) | vlen, sizeOrType);
    return ++this.#count;
  }
}
