import type { Arch } from "../facts.ts";

/** Offsets into `struct pt_regs` at function entry: where the calling convention has put things. */
export interface Registers {
  /** Byte offset of each argument register. */
  readonly args: readonly number[];
  /** The return address: in a register, or in memory at the stack pointer. */
  readonly caller: { readonly offset: number; readonly inMemory: boolean };
}

export const REGISTERS: Readonly<Record<Arch, Registers>> = {
  // arch/x86/include/asm/ptrace.h: di, si, dx, cx, r8, r9; sp points at the return address.
  x86_64: { args: [112, 104, 96, 88, 72, 64], caller: { offset: 152, inMemory: true } },
  // arch/arm64/include/asm/ptrace.h: regs[0] to regs[7]; regs[30] is the link register.
  arm64: { args: [0, 8, 16, 24, 32, 40, 48, 56], caller: { offset: 240, inMemory: false } },
};
