import {
  type AluName,
  alu,
  type JumpName,
  jump,
  ldx,
  mov,
  neg32,
  r0,
  r1,
  r7,
  r8,
  stx,
} from "../../bpf/index.ts";
import {
  ALU,
  type CbpfInsn,
  type CbpfProgram,
  CLASS,
  classOf,
  JUMP,
  MODE,
  modeOf,
  operationOf,
  RET_A,
  SCRATCH_WORDS,
  sizeOf,
  TXA,
  usesX,
} from "../../pcap/cbpf.ts";
import type { Generator } from "../values.ts";
import { type Frame, REJECT } from "./frame.ts";

const FP = 10;
export const ACCEPT = "accept";

/**
 * Classic BPF to eBPF, instruction by instruction. A is r7 and X is r8, both with their upper halves clear. What libpcap's
 * own interpreter (bpf_filter.c) does, this does: a load beyond the packet and a division by zero reject, a shift by 32 or more
 * gives 0. `length`: r0 = the packet's length.
 */
export function translate(
  g: Generator,
  program: CbpfProgram,
  makeFrame: () => Frame,
  length: () => void,
): void {
  const { e } = g;
  // First what there must be stack for, then what is made of the rest.
  const scratch = scratchSlots(g, program);
  const frame = makeFrame();
  const labels = program.map(() => e.newLabel("filter"));
  const target = (i: number): string => {
    const label = labels[i];
    if (label === undefined) throw new RangeError("a filter jumps behind its end");
    return label;
  };
  e.emit(mov.imm(r7, 0), mov.imm(r8, 0));
  for (const [i, insn] of program.entries()) {
    e.place(target(i));
    if (e.reachable) emitInsn(g, insn, i, { frame, scratch, length, target });
  }
  if (e.reachable) throw new RangeError("a filter runs over its end");
}

/** What an instruction refers to. */
interface Surroundings {
  readonly frame: Frame;
  readonly scratch: (word: number) => number;
  readonly length: () => void;
  readonly target: (i: number) => string;
}

function emitInsn(g: Generator, insn: CbpfInsn, i: number, around: Surroundings): void {
  const { e } = g;
  const { frame, scratch, target } = around;
  switch (classOf(insn)) {
    case CLASS.ld:
      return emitLoad(g, insn, around);
    case CLASS.ldx:
      return emitLoadX(g, insn, around);
    case CLASS.st:
      return e.emit(stx(4, FP, scratch(insn.k), r7));
    case CLASS.stx:
      return e.emit(stx(4, FP, scratch(insn.k), r8));
    case CLASS.alu:
      return emitAlu(g, insn);
    case CLASS.jmp:
      return emitJump(g, insn, i, target);
    case CLASS.ret: {
      const returnsA = (insn.code & 0x18) === RET_A;
      if (returnsA) e.emit(jump.eq.imm32(r7, 0, REJECT));
      return e.goto(returnsA || insn.k !== 0 ? ACCEPT : REJECT);
    }
    default:
      if ((insn.code & 0xf8) === TXA) return e.emit(mov.reg(r7, r8));
      frame.moved();
      return e.emit(mov.reg(r8, r7));
  }
}

/** Stack slots of the scratch words that the program uses, each 0 at first. */
function scratchSlots(g: Generator, program: CbpfProgram): (word: number) => number {
  const { e } = g;
  const touches = (insn: CbpfInsn): boolean => {
    const kind = classOf(insn);
    if (kind === CLASS.st || kind === CLASS.stx) return true;
    return (kind === CLASS.ld || kind === CLASS.ldx) && modeOf(insn) === MODE.mem;
  };
  const words = [...new Set(program.filter(touches).map(({ k }) => k))].sort((a, b) => a - b);
  if (words.length === 0) return () => 0;
  if (words.some((word) => word >= SCRATCH_WORDS)) throw new RangeError("a filter has 16 scratch words");
  const first = e.slot(4 * words.length);
  e.opaqueZero(r0, r1);
  words.forEach((_, i) => {
    e.emit(stx(4, FP, first + 4 * i, r0));
  });
  return (word) => first + 4 * words.indexOf(word);
}

function emitLoad(g: Generator, insn: CbpfInsn, { frame, scratch, length }: Surroundings): void {
  const { e } = g;
  switch (modeOf(insn)) {
    case MODE.imm:
      return e.emit(mov.imm32(r7, insn.k));
    case MODE.mem:
      return e.emit(ldx(4, r7, FP, scratch(insn.k)));
    case MODE.abs:
      frame.load(insn.k, sizeOf(insn));
      break;
    case MODE.ind:
      frame.loadIndexed(insn.k, sizeOf(insn));
      break;
    default:
      length();
  }
  e.emit(mov.reg32(r7, r0));
}

function emitLoadX(g: Generator, insn: CbpfInsn, { frame, scratch, length }: Surroundings): void {
  const { e } = g;
  frame.moved();
  switch (modeOf(insn)) {
    case MODE.imm:
      return e.emit(mov.imm32(r8, insn.k));
    case MODE.mem:
      return e.emit(ldx(4, r8, FP, scratch(insn.k)));
    case MODE.msh:
      // The length of an IPv4 header, in bytes.
      frame.load(insn.k, 1);
      e.emit(alu.and.imm(r0, 0xf), alu.lsh.imm(r0, 2));
      break;
    default:
      length();
  }
  e.emit(mov.reg32(r8, r0));
}

const NAMES: Readonly<Record<number, Exclude<AluName, "mov" | "arsh">>> = {
  [ALU.add]: "add",
  [ALU.sub]: "sub",
  [ALU.mul]: "mul",
  [ALU.div]: "div",
  [ALU.or]: "or",
  [ALU.and]: "and",
  [ALU.lsh]: "lsh",
  [ALU.rsh]: "rsh",
  [ALU.mod]: "mod",
  [ALU.xor]: "xor",
};

function emitAlu({ e }: Generator, insn: CbpfInsn): void {
  const operation = operationOf(insn);
  if (operation === ALU.neg) return e.emit(neg32(r7));
  const name = NAMES[operation];
  if (!name) throw new RangeError(`classic BPF has no operation ${operation}`);
  const divides = name === "div" || name === "mod";
  const shifts = name === "lsh" || name === "rsh";
  if (!usesX(insn)) {
    if (divides && insn.k === 0) return e.goto(REJECT);
    if (shifts && insn.k > 31) return e.emit(mov.imm32(r7, 0));
    return e.emit(alu[name].imm32(r7, insn.k));
  }
  if (divides) e.emit(jump.eq.imm32(r8, 0, REJECT));
  if (!shifts) return e.emit(alu[name].reg32(r7, r8));
  const [small, done] = [e.newLabel("small_shift"), e.newLabel("shifted")];
  e.emit(jump.lt.imm32(r8, 32, small), mov.imm32(r7, 0));
  e.goto(done);
  e.place(small);
  e.emit(alu[name].reg32(r7, r8));
  e.place(done);
}

const CONDITIONS: Readonly<Record<number, { readonly holds: JumpName; readonly fails?: JumpName }>> = {
  [JUMP.eq]: { holds: "eq", fails: "ne" },
  [JUMP.gt]: { holds: "gt", fails: "le" },
  [JUMP.ge]: { holds: "ge", fails: "lt" },
  [JUMP.set]: { holds: "set" },
};

function emitJump({ e }: Generator, insn: CbpfInsn, at: number, target: (i: number) => string): void {
  const operation = operationOf(insn);
  if (operation === JUMP.ja) return e.goto(target(at + 1 + insn.k));
  const condition = CONDITIONS[operation];
  if (!condition) throw new RangeError(`classic BPF has no jump ${operation}`);
  const to = (name: JumpName, skipped: number): void =>
    e.emit(
      usesX(insn)
        ? jump[name].reg32(r7, r8, target(at + 1 + skipped))
        : jump[name].imm32(r7, insn.k, target(at + 1 + skipped)),
    );
  if (insn.jt === insn.jf) return e.goto(target(at + 1 + insn.jt));
  if (insn.jt === 0 && condition.fails) return to(condition.fails, insn.jf);
  to(condition.holds, insn.jt);
  if (insn.jf > 0) e.goto(target(at + 1 + insn.jf));
}
