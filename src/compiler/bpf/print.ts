import type { Span } from "../../../grammar/ast.ts";
import type { Assembled } from "./assemble.ts";
import { helperName } from "./helpers.ts";
import type { Insn, Register } from "./insn.ts";
import {
  ALU,
  type AluName,
  ATOMIC,
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
  SOURCE,
} from "./op.ts";

/**
 * Instructions as the verifier's log and `bpftool prog dump xlated` show them (kernel: kernel/bpf/disasm.c), for
 * people who compare the two. Names the kernel does not know are shown instead of numbers where they are there.
 */
export interface PrintOptions {
  /** Jumps name their label; otherwise `pc+3`. */
  readonly labels?: boolean;
  /** The kernel function with that BTF id. */
  readonly kfunc?: (btfId: number) => string | undefined;
}

/** One instruction, without the opcode in front: `r1 = *(u32 *)(r6 +16)`. Jumps must be assembled or have labels. */
export function printInsn(insn: Insn, options: PrintOptions = {}): string {
  const print = PRINTERS[insn.op];
  return print ? print(insn, options) : `unknown opcode 0x${insn.op.toString(16)}`;
}

export interface PrintedLine {
  readonly pc: number;
  readonly text: string;
  /** Labels that mark it. */
  readonly labels: readonly string[];
  readonly span?: Span;
}

/** A function line by line, with labels and comments: what `pwq explain` shows. */
export function printFunction(code: Assembled, options: Omit<PrintOptions, "labels"> = {}): PrintedLine[] {
  return code.table.map(({ pc, insn, labels, span, comment }) => {
    const text = printInsn(insn, { ...options, labels: true });
    return {
      pc,
      text: comment === undefined ? text : `${text.padEnd(COMMENT_COLUMN)} ; ${comment}`,
      labels,
      ...(span && { span }),
    };
  });
}

/** Where the verifier puts its own. */
const COMMENT_COLUMN = 33;

type Printer = (insn: Insn, options: PrintOptions) => string;

const SIGN: Readonly<Record<AluName, string>> = {
  add: "+=",
  sub: "-=",
  mul: "*=",
  div: "/=",
  or: "|=",
  and: "&=",
  lsh: "<<=",
  rsh: ">>=",
  mod: "%=",
  xor: "^=",
  mov: "=",
  arsh: "s>>=",
};
const CONDITION: Readonly<Record<JumpName, string>> = {
  eq: "==",
  gt: ">",
  ge: ">=",
  set: "&",
  ne: "!=",
  sgt: "s>",
  sge: "s>=",
  lt: "<",
  le: "<=",
  slt: "s<",
  sle: "s<=",
};
const ATOMIC_SIGN: Readonly<Record<number, readonly [sign: string, name: string]>> = {
  [ATOMIC.add]: ["+=", "add"],
  [ATOMIC.or]: ["|=", "or"],
  [ATOMIC.and]: ["&=", "and"],
  [ATOMIC.xor]: ["^=", "xor"],
};

const r = (register: Register): string => `r${register}`;
const w = (register: Register): string => `w${register}`;
const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);
const hex32 = (n: number | bigint): string => `0x${BigInt.asUintN(32, BigInt(n)).toString(16)}`;
const memory = (bits: number, base: Register, off: number): string =>
  `(u${bits} *)(${r(base)} ${signed(off)})`;
const goto = (insn: Insn, { labels }: PrintOptions): string =>
  labels && insn.label !== undefined ? `goto ${insn.label}` : `goto pc${signed(insn.off)}`;

const PRINTERS: Record<number, Printer> = {
  [CALL]: printCall,
  [EXIT]: () => "exit",
  [JA]: goto,
  [LDDW]: (insn) => `${r(insn.dst)} = ${printWide(insn)}`,
  [CLASS.alu64 | NEG]: ({ dst }) => `${r(dst)} = -${r(dst)}`,
  [CLASS.alu | NEG]: ({ dst }) => `${w(dst)} = -${w(dst)}`,
  [CLASS.alu | END | BYTE_ORDER.be]: ({ dst, imm }) => `${r(dst)} = be${imm} ${r(dst)}`,
  [CLASS.alu | END | BYTE_ORDER.le]: ({ dst, imm }) => `${r(dst)} = le${imm} ${r(dst)}`,
};

for (const [name, sign] of Object.entries(SIGN)) {
  const code = ALU[name as AluName];
  PRINTERS[CLASS.alu64 | SOURCE.imm | code] = ({ dst, imm }) => `${r(dst)} ${sign} ${imm}`;
  PRINTERS[CLASS.alu64 | SOURCE.reg | code] = ({ dst, src }) => `${r(dst)} ${sign} ${r(src)}`;
  PRINTERS[CLASS.alu | SOURCE.imm | code] = ({ dst, imm }) => `${w(dst)} ${sign} ${imm}`;
  PRINTERS[CLASS.alu | SOURCE.reg | code] = ({ dst, src }) => `${w(dst)} ${sign} ${w(src)}`;
}
for (const [name, sign] of Object.entries(CONDITION)) {
  const code = JUMP[name as JumpName];
  const printer =
    (register: typeof r, operand: (insn: Insn) => string): Printer =>
    (insn, options) =>
      `if ${register(insn.dst)} ${sign} ${operand(insn)} ${goto(insn, options)}`;
  PRINTERS[CLASS.jmp | SOURCE.imm | code] = printer(r, ({ imm }) => hex32(imm));
  PRINTERS[CLASS.jmp | SOURCE.reg | code] = printer(r, ({ src }) => r(src));
  PRINTERS[CLASS.jmp32 | SOURCE.imm | code] = printer(w, ({ imm }) => hex32(imm));
  PRINTERS[CLASS.jmp32 | SOURCE.reg | code] = printer(w, ({ src }) => w(src));
}
for (const [bytes, code] of Object.entries(SIZE)) {
  const bits = 8 * Number(bytes);
  PRINTERS[CLASS.ldx | MODE.mem | code] = ({ dst, src, off }) => `${r(dst)} = *${memory(bits, src, off)}`;
  PRINTERS[CLASS.stx | MODE.mem | code] = ({ dst, src, off }) => `*${memory(bits, dst, off)} = ${r(src)}`;
  PRINTERS[CLASS.st | MODE.mem | code] = ({ dst, off, imm }) => `*${memory(bits, dst, off)} = ${imm}`;
  PRINTERS[CLASS.stx | MODE.atomic | code] = (insn) => printAtomic(insn, bits);
}

function printAtomic({ dst, src, off, imm }: Insn, bits: number): string {
  const [sign, name] = ATOMIC_SIGN[Number(imm) & ~FETCH] ?? ["?=", "?"];
  const place = memory(bits, dst, off);
  if (Number(imm) & FETCH)
    return `${r(src)} = atomic${bits === 64 ? "64" : ""}_fetch_${name}(${place}, ${r(src)})`;
  return `lock *${place} ${sign} ${r(src)}`;
}

function printCall({ src, imm, symbol }: Insn, { kfunc }: PrintOptions): string {
  if (symbol !== undefined) return `call ${symbol}`;
  if (src === CALL_KIND.kfunc) return `call ${kfunc?.(Number(imm)) ?? "kernel-function"}#${imm}`;
  return `call ${helperName(Number(imm)) ?? "unknown"}#${imm}`;
}

const hex64 = (imm: number | bigint): string => `0x${BigInt.asUintN(64, BigInt(imm)).toString(16)}`;

function printWide(insn: Insn): string {
  if (insn.symbol !== undefined) return printAddress(insn);
  return insn.src === LDDW_KIND.variable ? `&kernel-variable#${insn.imm}` : hex64(insn.imm);
}

const printAddress = ({ symbol, imm }: Insn): string => `&${symbol}${BigInt(imm) === 0n ? "" : `+${imm}`}`;
