import type { Span } from "../../../grammar/ast.ts";
import { AssemblyError } from "./error.ts";
import {
  ALU,
  type AluName,
  ATOMIC,
  type AtomicName,
  BYTE_ORDER,
  CALL,
  CALL_KIND,
  CLASS,
  END,
  EXIT,
  FETCH,
  JA,
  JUMP,
  type JumpName,
  LDDW,
  LDDW_KIND,
  MODE,
  NEG,
  SIZE,
  type Size,
  SOURCE,
} from "./op.ts";

/**
 * Instructions as immutable values, and a constructor for each. Jumps name labels, calls and addresses name symbols;
 * `assemble.ts` turns names into numbers.
 */
export interface Insn {
  readonly kind: "insn";
  readonly op: number;
  readonly dst: Register;
  readonly src: Register;
  /** Of a memory access, from the register. Jumps have 0 here until they are assembled. */
  readonly off: number;
  /** A bigint only for LDDW. */
  readonly imm: number | bigint;
  /** Where a jump goes. */
  readonly label?: string;
  /** The function that is called, or the `.rodata` object whose address (plus `imm`) is loaded. */
  readonly symbol?: string;
  /** The part of the query this instruction does. */
  readonly span?: Span;
  /** For the reader of a listing. */
  readonly comment?: string;
}

/** Marks the instruction that follows it. A label belongs to its function. */
export interface Label {
  readonly kind: "label";
  readonly name: string;
}

/** What a function's body is made of. */
export type Item = Insn | Label;

export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
export const r0 = 0 satisfies Register;
export const r1 = 1 satisfies Register;
export const r2 = 2 satisfies Register;
export const r3 = 3 satisfies Register;
export const r4 = 4 satisfies Register;
export const r5 = 5 satisfies Register;
export const r6 = 6 satisfies Register;
export const r7 = 7 satisfies Register;
export const r8 = 8 satisfies Register;
export const r9 = 9 satisfies Register;
/** The frame pointer, r10: read-only, the end of the function's 512 bytes of stack. */
export const fp = 10 satisfies Register;

type Fields = Partial<Omit<Insn, "kind" | "op">>;
const insn = (op: number, fields: Fields = {}): Insn => ({
  kind: "insn",
  op,
  dst: 0,
  src: 0,
  off: 0,
  imm: 0,
  ...fields,
});

/** The immediate of a 64-bit operation is sign-extended by the machine, so it must be a signed 32-bit number. */
function signed32(imm: number): number {
  if (Number.isInteger(imm) && imm >= -(2 ** 31) && imm < 2 ** 31) return imm;
  throw new AssemblyError(`immediate ${imm} is not a signed 32-bit number`);
}

/** A 32-bit operation takes 32 bits; it makes no difference whether they were meant as signed. */
function any32(imm: number): number {
  if (Number.isInteger(imm) && imm >= -(2 ** 31) && imm < 2 ** 32) return imm | 0;
  throw new AssemblyError(`immediate ${imm} does not fit in 32 bits`);
}

const mapTable = <K extends string, V, R>(
  table: Readonly<Record<K, V>>,
  make: (value: V) => R,
): Record<K, R> =>
  Object.fromEntries(Object.entries<V>(table).map(([key, value]) => [key, make(value)])) as Record<K, R>;

interface AluForms {
  readonly imm: (dst: Register, imm: number) => Insn;
  readonly reg: (dst: Register, src: Register) => Insn;
  /** 32-bit forms clear the upper half of `dst`. */
  readonly imm32: (dst: Register, imm: number) => Insn;
  readonly reg32: (dst: Register, src: Register) => Insn;
}

/** Arithmetic: `alu.add.imm(r1, 4)`, `alu.lsh.reg32(r1, r2)`. All unsigned except `arsh`. */
export const alu: Readonly<Record<AluName, AluForms>> = mapTable(
  ALU,
  (code): AluForms => ({
    imm: (dst, imm) => insn(CLASS.alu64 | SOURCE.imm | code, { dst, imm: signed32(imm) }),
    reg: (dst, src) => insn(CLASS.alu64 | SOURCE.reg | code, { dst, src }),
    imm32: (dst, imm) => insn(CLASS.alu | SOURCE.imm | code, { dst, imm: any32(imm) }),
    reg32: (dst, src) => insn(CLASS.alu | SOURCE.reg | code, { dst, src }),
  }),
);
export const mov: AluForms = alu.mov;

export const neg = (dst: Register): Insn => insn(CLASS.alu64 | NEG, { dst });
export const neg32 = (dst: Register): Insn => insn(CLASS.alu | NEG, { dst });

type Swap = (dst: Register) => Insn;
const swap =
  (order: number, bits: number): Swap =>
  (dst) =>
    insn(CLASS.alu | END | order, { dst, imm: bits });
/** From or to big-endian (on a little-endian machine: reverse); bits above 16 or 32 are cleared. */
export const be16: Swap = swap(BYTE_ORDER.be, 16);
export const be32: Swap = swap(BYTE_ORDER.be, 32);
export const be64: Swap = swap(BYTE_ORDER.be, 64);
/** From or to little-endian (on a little-endian machine: only clears the bits above). */
export const le16: Swap = swap(BYTE_ORDER.le, 16);
export const le32: Swap = swap(BYTE_ORDER.le, 32);
export const le64: Swap = swap(BYTE_ORDER.le, 64);

/** `dst = *(size *)(src + off)`, zero-extended. */
export const ldx = (size: Size, dst: Register, src: Register, off: number): Insn =>
  insn(CLASS.ldx | MODE.mem | SIZE[size], { dst, src, off });
/** `*(size *)(dst + off) = src` */
export const stx = (size: Size, dst: Register, off: number, src: Register): Insn =>
  insn(CLASS.stx | MODE.mem | SIZE[size], { dst, src, off });
/** `*(size *)(dst + off) = imm`; sign-extended for 8 bytes. */
export const st = (size: Size, dst: Register, off: number, imm: number): Insn =>
  insn(CLASS.st | MODE.mem | SIZE[size], { dst, off, imm: size === 8 ? signed32(imm) : any32(imm) });

interface AtomicForms {
  /** `*(size *)(dst + off) op= src` */
  readonly plain: (size: 4 | 8, dst: Register, off: number, src: Register) => Insn;
  /** The same; `src` gets the old value. Linux 5.12. */
  readonly fetch: (size: 4 | 8, dst: Register, off: number, src: Register) => Insn;
}
export const atomic: Readonly<Record<AtomicName, AtomicForms>> = mapTable(ATOMIC, (code): AtomicForms => {
  const form =
    (imm: number): AtomicForms["plain"] =>
    (size, dst, off, src) =>
      insn(CLASS.stx | MODE.atomic | SIZE[size], { dst, src, off, imm });
  return { plain: form(code), fetch: form(code | FETCH) };
});

/** Any 64 bits, given as a signed or an unsigned number. */
export const lddw = (dst: Register, value: bigint): Insn =>
  insn(LDDW, { dst, imm: BigInt.asUintN(64, value) });
/** The address of an object of `.rodata`, `addend` bytes in. */
export const lddwSymbol = (dst: Register, symbol: string, addend = 0): Insn =>
  insn(LDDW, { dst, imm: BigInt(addend), symbol });

/** The address of a variable of the kernel, by its id in vmlinux's BTF; of a per-CPU one for `bpf_this_cpu_ptr`. Linux 5.10. */
export const lddwVariable = (dst: Register, id: number): Insn =>
  insn(LDDW, { dst, src: LDDW_KIND.variable, imm: BigInt(id) });

/** A 64-bit constant by the shortest instruction that can hold it. */
export function constant(dst: Register, value: bigint | number): Insn {
  const bits = BigInt.asUintN(64, BigInt(value));
  const asSigned = BigInt.asIntN(64, bits);
  if (BigInt.asIntN(32, asSigned) === asSigned) return mov.imm(dst, Number(asSigned));
  if (BigInt.asUintN(32, bits) === bits) return mov.imm32(dst, Number(bits));
  return lddw(dst, bits);
}

interface JumpForms {
  readonly imm: (dst: Register, imm: number, label: string) => Insn;
  readonly reg: (dst: Register, src: Register, label: string) => Insn;
  /** 32-bit forms compare the lower halves. */
  readonly imm32: (dst: Register, imm: number, label: string) => Insn;
  readonly reg32: (dst: Register, src: Register, label: string) => Insn;
}
/** Conditional jumps: `jump.ne.imm(r1, 443, "no")`. `set` is `dst & operand`. */
export const jump: Readonly<Record<JumpName, JumpForms>> = mapTable(
  JUMP,
  (code): JumpForms => ({
    imm: (dst, imm, label) => insn(CLASS.jmp | SOURCE.imm | code, { dst, imm: signed32(imm), label }),
    reg: (dst, src, label) => insn(CLASS.jmp | SOURCE.reg | code, { dst, src, label }),
    imm32: (dst, imm, label) => insn(CLASS.jmp32 | SOURCE.imm | code, { dst, imm: any32(imm), label }),
    reg32: (dst, src, label) => insn(CLASS.jmp32 | SOURCE.reg | code, { dst, src, label }),
  }),
);
export const ja = (label: string): Insn => insn(JA, { label });

/** Arguments in r1 to r5, result in r0; r1 to r5 are lost. */
export const call = {
  /** A helper by number (`HELPER.ktime_get_ns`). */
  helper: (id: number): Insn => insn(CALL, { src: CALL_KIND.helper, imm: id }),
  /** A BPF function of this object, or an extern. */
  local: (symbol: string): Insn => insn(CALL, { src: CALL_KIND.local, imm: -1, symbol }),
  /** A kernel function by its type id in the BTF of vmlinux. */
  kfunc: (btfId: number): Insn => insn(CALL, { src: CALL_KIND.kfunc, imm: btfId }),
} as const;
export const exit: Insn = insn(EXIT);
export const label = (name: string): Label => ({ kind: "label", name });

/** The same code, said to come from `span` where nothing closer is said already. */
export const at = (span: Span, items: readonly Item[]): Item[] =>
  items.map((item) => (item.kind === "label" || item.span ? item : { ...item, span }));
/** The same instruction with a comment for the listing. */
export const note = (comment: string, one: Insn): Insn => ({ ...one, comment });

/** An LDDW takes two slots of eight bytes, everything else one, a label none. */
export const slots = (item: Item): 0 | 1 | 2 => (item.kind === "label" ? 0 : item.op === LDDW ? 2 : 1);
