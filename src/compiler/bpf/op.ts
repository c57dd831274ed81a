/**
 * The numbers of the eBPF instruction set (RFC 9669), `-mcpu=v3`: 32-bit ALU and jumps, atomic fetch, no v4.
 * An opcode is a sum: class | source | operation for arithmetic and jumps, class | mode | size for memory.
 */

export const CLASS = {
  ld: 0x00,
  ldx: 0x01,
  st: 0x02,
  stx: 0x03,
  alu: 0x04,
  jmp: 0x05,
  jmp32: 0x06,
  alu64: 0x07,
} as const;

/** Where the second operand comes from. */
export const SOURCE = { imm: 0x00, reg: 0x08 } as const;

export const ALU = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  mod: 0x90,
  xor: 0xa0,
  mov: 0xb0,
  arsh: 0xc0,
} as const;

/** Class `alu` or `alu64`; its one operand is `dst`. */
export const NEG = 0x80;
/** Byte swap: class `alu`, the source bit says the byte order, the immediate how many bits. */
export const END = 0xd0;
export const BYTE_ORDER = { le: 0x00, be: 0x08 } as const;

export const JUMP = {
  eq: 0x10,
  gt: 0x20,
  ge: 0x30,
  set: 0x40,
  ne: 0x50,
  sgt: 0x60,
  sge: 0x70,
  lt: 0xa0,
  le: 0xb0,
  slt: 0xc0,
  sle: 0xd0,
} as const;

export const JA = CLASS.jmp | 0x00;
export const CALL = CLASS.jmp | 0x80;
export const EXIT = CLASS.jmp | 0x90;

/** Sizes of memory accesses by number of bytes. */
export const SIZE = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;

export const MODE = { imm: 0x00, mem: 0x60, atomic: 0xc0 } as const;

/** A 64-bit immediate; the only instruction that takes two slots. */
export const LDDW = CLASS.ld | MODE.imm | SIZE[8];

/** Immediates of atomic instructions; `fetch` added: the old value comes back in the source register. */
export const ATOMIC = { add: 0x00, or: 0x40, and: 0x50, xor: 0xa0 } as const;
export const FETCH = 0x01;

/** What the source register of a call says about its immediate. */
export const CALL_KIND = { helper: 0, local: 1, kfunc: 2 } as const;

/** What the source register of an LDDW says about its immediate. */
export const LDDW_KIND = { number: 0, variable: 3 } as const;

export type AluName = keyof typeof ALU;
export type JumpName = keyof typeof JUMP;
export type Size = keyof typeof SIZE;
export type AtomicName = keyof typeof ATOMIC;
