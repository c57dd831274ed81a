import type { Register } from "../../src/compiler/bpf/insn.ts";
import {
  ALU,
  type AluName,
  ATOMIC,
  type AtomicName,
  BYTE_ORDER,
  CLASS,
  END,
  FETCH,
  JA,
  JUMP,
  type JumpName,
  LDDW,
  MODE,
  NEG,
  SIZE,
  SOURCE,
} from "../../src/compiler/bpf/op.ts";
import { type AccessSize, MachineError, type Memory } from "./memory.ts";

/** What each opcode does (RFC 9669 section 4 and 5), as tables from opcode to function. Written without sight of the code generator. */

export interface State {
  /** Unsigned 64-bit; undefined: no value yet, or lost in a call. */
  readonly regs: (bigint | undefined)[];
  readonly memory: Memory;
  /** Foreign memory can be loaded from directly. */
  readonly probe: boolean;
}

export interface Decoded {
  readonly pc: number;
  readonly op: number;
  readonly dst: Register;
  readonly src: Register;
  readonly off: bigint;
  readonly immediate: number;
  /** The immediate sign-extended to 64 bits, unsigned; of an LDDW the number itself. */
  readonly imm64: bigint;
  readonly imm32: bigint;
  /** Of a jump: index of the instruction it goes to. */
  readonly target: number;
  readonly symbol?: string;
  readonly compute?: Compute;
  readonly test?: JumpTest;
}

export type Compute = (state: State, insn: Decoded) => void;
export type JumpTest = (state: State, insn: Decoded) => boolean;

function value(state: State, register: Register): bigint {
  const found = state.regs[register];
  if (found === undefined) throw new MachineError(`r${register} has no value`);
  return found;
}

const low = (x: bigint): bigint => BigInt.asUintN(32, x);

/** On operands of `bits`, unsigned; the result is cut to `bits` afterwards. */
type Operation = (a: bigint, b: bigint, bits: number) => bigint;
const OPERATION: Readonly<Record<AluName, Operation>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  mod: (a, b) => (b === 0n ? a : a % b),
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  lsh: (a, b, bits) => a << (b % BigInt(bits)),
  rsh: (a, b, bits) => a >> (b % BigInt(bits)),
  arsh: (a, b, bits) => BigInt.asIntN(bits, a) >> (b % BigInt(bits)),
  mov: (_, b) => b,
};

/** The verifier refuses immediates that make no sense. */
function checkImmediate(name: AluName, imm: number, bits: number): void {
  if ((name === "div" || name === "mod") && imm === 0) throw new MachineError("division by zero");
  if (["lsh", "rsh", "arsh"].includes(name) && (imm < 0 || imm >= bits))
    throw new MachineError(`shift by ${imm}`);
}

export const COMPUTE: Record<number, Compute> = {};

for (const [key, operation] of Object.entries(OPERATION)) {
  const name = key as AluName;
  const left = (state: State, insn: Decoded): bigint => (name === "mov" ? 0n : value(state, insn.dst));
  COMPUTE[CLASS.alu64 | SOURCE.reg | ALU[name]] = (state, insn) => {
    state.regs[insn.dst] = BigInt.asUintN(64, operation(left(state, insn), value(state, insn.src), 64));
  };
  COMPUTE[CLASS.alu64 | SOURCE.imm | ALU[name]] = (state, insn) => {
    checkImmediate(name, insn.immediate, 64);
    state.regs[insn.dst] = BigInt.asUintN(64, operation(left(state, insn), insn.imm64, 64));
  };
  COMPUTE[CLASS.alu | SOURCE.reg | ALU[name]] = (state, insn) => {
    state.regs[insn.dst] = low(operation(low(left(state, insn)), low(value(state, insn.src)), 32));
  };
  COMPUTE[CLASS.alu | SOURCE.imm | ALU[name]] = (state, insn) => {
    checkImmediate(name, insn.immediate, 32);
    state.regs[insn.dst] = low(operation(low(left(state, insn)), insn.imm32, 32));
  };
}

COMPUTE[CLASS.alu64 | NEG] = (state, insn) => {
  state.regs[insn.dst] = BigInt.asUintN(64, -value(state, insn.dst));
};
COMPUTE[CLASS.alu | NEG] = (state, insn) => {
  state.regs[insn.dst] = low(-value(state, insn.dst));
};

COMPUTE[CLASS.alu | END | BYTE_ORDER.le] = (state, insn) => {
  state.regs[insn.dst] = BigInt.asUintN(insn.immediate, value(state, insn.dst));
};
COMPUTE[CLASS.alu | END | BYTE_ORDER.be] = (state, insn) => {
  state.regs[insn.dst] = reverse(value(state, insn.dst), insn.immediate / 8);
};

function reverse(x: bigint, bytes: number): bigint {
  let result = 0n;
  for (let i = 0; i < bytes; i++) result = (result << 8n) | ((x >> BigInt(8 * i)) & 0xffn);
  return result;
}

COMPUTE[LDDW] = (state, insn) => {
  state.regs[insn.dst] = insn.imm64;
};

/** On unsigned operands of `bits`. */
type Test = (a: bigint, b: bigint, bits: number) => boolean;
const TEST: Readonly<Record<JumpName, Test>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  set: (a, b) => (a & b) !== 0n,
  sgt: (a, b, bits) => BigInt.asIntN(bits, a) > BigInt.asIntN(bits, b),
  sge: (a, b, bits) => BigInt.asIntN(bits, a) >= BigInt.asIntN(bits, b),
  slt: (a, b, bits) => BigInt.asIntN(bits, a) < BigInt.asIntN(bits, b),
  sle: (a, b, bits) => BigInt.asIntN(bits, a) <= BigInt.asIntN(bits, b),
};

export const JUMPS: Record<number, JumpTest> = { [JA]: () => true };

for (const [key, test] of Object.entries(TEST)) {
  const code = JUMP[key as JumpName];
  JUMPS[CLASS.jmp | SOURCE.reg | code] = (s, insn) => test(value(s, insn.dst), value(s, insn.src), 64);
  JUMPS[CLASS.jmp | SOURCE.imm | code] = (s, insn) => test(value(s, insn.dst), insn.imm64, 64);
  JUMPS[CLASS.jmp32 | SOURCE.reg | code] = (s, insn) =>
    test(low(value(s, insn.dst)), low(value(s, insn.src)), 32);
  JUMPS[CLASS.jmp32 | SOURCE.imm | code] = (s, insn) => test(low(value(s, insn.dst)), insn.imm32, 32);
}

const address = (state: State, register: Register, insn: Decoded): bigint =>
  BigInt.asUintN(64, value(state, register) + insn.off);

export const MEMORY: Record<number, Compute> = {};

for (const [key, code] of Object.entries(SIZE)) {
  const size = Number(key) as AccessSize;
  MEMORY[CLASS.ldx | MODE.mem | code] = (state, insn) => {
    state.regs[insn.dst] = state.memory.load(address(state, insn.src, insn), size, state.probe);
  };
  MEMORY[CLASS.stx | MODE.mem | code] = (state, insn) => {
    state.memory.store(address(state, insn.dst, insn), size, value(state, insn.src));
  };
  MEMORY[CLASS.st | MODE.mem | code] = (state, insn) => {
    state.memory.store(address(state, insn.dst, insn), size, insn.imm64);
  };
}

const ATOMIC_OPERATION: Readonly<Record<AtomicName, Operation>> = {
  add: OPERATION.add,
  or: OPERATION.or,
  and: OPERATION.and,
  xor: OPERATION.xor,
};

for (const size of [4, 8] as const) {
  MEMORY[CLASS.stx | MODE.atomic | SIZE[size]] = (state, insn) => {
    const name = (Object.keys(ATOMIC) as AtomicName[]).find((n) => ATOMIC[n] === (insn.immediate & ~FETCH));
    if (!name) throw new MachineError(`unknown atomic operation ${insn.immediate}`);
    const at = address(state, insn.dst, insn);
    const old = state.memory.load(at, size, false);
    const operand = value(state, insn.src);
    const result = ATOMIC_OPERATION[name](old, operand, 8 * size);
    state.memory.store(at, size, BigInt.asUintN(64, result));
    if (insn.immediate & FETCH) state.regs[insn.src] = old;
  };
}
