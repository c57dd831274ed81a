/**
 * Classic BPF, what libpcap compiles to: an accumulator A, an index X, sixteen words of scratch memory, all of 32 bits,
 * and jumps forward only (McCanne and Jacobson, "The BSD Packet Filter", 1993; linux/filter.h).
 */
export interface CbpfInsn {
  readonly code: number;
  /** Instructions to skip if a condition holds, and if not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}
export type CbpfProgram = readonly CbpfInsn[];

/** The low three bits of a code. */
export const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, ret: 6, misc: 7 } as const;
/** Of a load: where from. */
export const MODE = { imm: 0x00, abs: 0x20, ind: 0x40, mem: 0x60, len: 0x80, msh: 0xa0 } as const;
/** Of a load from the packet: bytes by size bits. */
export const BYTES: Readonly<Record<number, 1 | 2 | 4>> = { 0: 4, 8: 2, 16: 1 };
export const SOURCE_X = 0x08;
export const ALU = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  neg: 0x80,
  mod: 0x90,
  xor: 0xa0,
} as const;
export const JUMP = { ja: 0x00, eq: 0x10, gt: 0x20, ge: 0x30, set: 0x40 } as const;
/** Of `ret`: A, not the constant. */
export const RET_A = 0x10;
/** Of `misc`: A = X, not X = A. */
export const TXA = 0x80;
export const SCRATCH_WORDS = 16;

/** The numbers of an instruction's code. */
export const classOf = ({ code }: CbpfInsn): number => code & 0x07;
export const modeOf = ({ code }: CbpfInsn): number => code & 0xe0;
export const sizeOf = ({ code }: CbpfInsn): 1 | 2 | 4 => BYTES[code & 0x18] ?? 4;
export const operationOf = ({ code }: CbpfInsn): number => code & 0xf0;
export const usesX = ({ code }: CbpfInsn): boolean => (code & SOURCE_X) !== 0;

const INSN_BYTES = 8;

/** From memory, as `struct bpf_insn` lies there on a little-endian machine. */
export function decode(bytes: Uint8Array): CbpfProgram {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / INSN_BYTES }, (_, i) => ({
    code: view.getUint16(i * INSN_BYTES, true),
    jt: view.getUint8(i * INSN_BYTES + 2),
    jf: view.getUint8(i * INSN_BYTES + 3),
    k: view.getUint32(i * INSN_BYTES + 4, true),
  }));
}

export const REJECT: CbpfProgram = [{ code: CLASS.ret, jt: 0, jf: 0, k: 0 }];

/** What the kernel takes for a socket (BPF_MAXINSNS). */
export const MOST_INSNS = 4096;

/** Why a program cannot run in the kernel; undefined: it can. */
export function unfit(program: CbpfProgram): string | undefined {
  if (program.length > MOST_INSNS)
    return `it has ${program.length} instructions; the kernel takes ${MOST_INSNS}`;
  // libpcap goes back in `ip6 protochain` only, by an unconditional jump; as a signed number its distance is negative.
  const loops = program.some(
    (insn) => classOf(insn) === CLASS.jmp && operationOf(insn) === JUMP.ja && (insn.k | 0) < 0,
  );
  return loops ? "it loops, as `protochain` does" : undefined;
}
