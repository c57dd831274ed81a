import { alu, call, constant, HELPER, jump, ldx, mov, r0, r1, r2, r3 } from "../bpf/index.ts";
import type { KernelFacts } from "../facts.ts";
import type { Emitter } from "./emitter.ts";

/** How generated code reads kernel memory: one of two ways, behind one face. */
export interface Reader {
  /** Whether a read is so cheap that nothing is gained by reading neighbours with it. */
  readonly direct: boolean;
  /** r0 = the `size` bytes at r0 + offset, zero-extended. Jumps to `absent` where it can tell that the address is bad. r1 to r5 are lost. */
  number(e: Emitter, offset: number, size: 1 | 2 | 4 | 8, absent: string): void;
}

/** Bytes that one cast gives access to: `struct in6_addr` is an array of them, so any size at any place may be loaded. */
const WINDOW = 16;

/**
 * Loads through `bpf_rdonly_cast` (Linux 6.2): the verifier turns the call into a move and marks the load as one that
 * may fault, in which case it gives 0. Every address is cast to `struct in6_addr`, whose 16 bytes may be read in any
 * size, so bitfields and anonymous unions need no care.
 */
export function directReader(facts: KernelFacts): Reader | undefined {
  const cast = facts.features.rdonlyCast ? facts.btf.find("func", "bpf_rdonly_cast") : undefined;
  const bytes = facts.btf.find("struct", "in6_addr");
  if (!cast || bytes?.size !== WINDOW) return undefined;
  return {
    direct: true,
    number(e, offset, size) {
      e.emit(mov.reg(r1, r0));
      if (offset !== 0) e.emit(alu.add.imm(r1, offset));
      e.emit(constant(r2, bytes.id), call.kfunc(cast.id), ldx(size, r0, r0, 0));
    },
  };
}

/** `bpf_probe_read_kernel`: works everywhere, tells when an address is bad, and costs some 27 ns a call. */
export const probeReader: Reader = {
  direct: false,
  number(e, offset, size, absent) {
    e.withSlot(8, (slot) => {
      copy(e, slot, offset, size, absent);
      e.emit(ldx(size, r0, 10, slot));
    });
  },
};

/** Copies `size` bytes at r0 + offset to the stack at `slot`. */
export function copy(e: Emitter, slot: number, offset: number, size: number, absent: string): void {
  e.emit(mov.reg(r3, r0));
  if (offset !== 0) e.emit(alu.add.imm(r3, offset));
  e.address(r1, slot);
  e.emit(mov.imm(r2, size), call.helper(HELPER.probe_read_kernel), jump.ne.imm(r0, 0, absent));
}
