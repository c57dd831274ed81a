import { type Assembled, assemble } from "../../src/compiler/bpf/assemble.ts";
import type { Item, Register } from "../../src/compiler/bpf/insn.ts";
import { CALL, CALL_KIND, EXIT, LDDW, LDDW_KIND } from "../../src/compiler/bpf/op.ts";
import { MachineError, Memory, type Region } from "./memory.ts";
import { COMPUTE, type Decoded, JUMPS, type JumpTest, MEMORY, type State } from "./semantics.ts";

/**
 * An eBPF interpreter for tests: runs generated functions from their instruction values and refuses at run time what
 * the verifier refuses beforehand, as far as the path taken shows it. It has no types: whether a pointer was checked
 * or cast is for the real verifier to say.
 */

/** A function written in TypeScript: a helper, a kfunc, or a function of the template. */
export interface Native {
  readonly params: number;
  readonly run: (args: readonly bigint[], memory: Memory) => bigint;
}
export const native = (params: number, run: Native["run"]): Native => ({ params, run });

export interface MachineOptions {
  /** `ObjectFunction`s fit. */
  readonly functions: readonly {
    readonly name: string;
    readonly params: number;
    readonly insns: readonly Item[];
  }[];
  /** Functions of the template, by name. */
  readonly externs?: Readonly<Record<string, Native>>;
  /** By helper number. */
  readonly helpers?: Readonly<Record<number, Native>>;
  /** By BTF id. If there is any, foreign memory can be loaded from directly. */
  readonly kfuncs?: Readonly<Record<number, Native>>;
  readonly rodata?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** The kernel's, by BTF id. */
  readonly variables?: Readonly<Record<number, Uint8Array>>;
  readonly memory?: Memory;
  /** Instructions a call may run. */
  readonly limit?: number;
  /** Bytes of stack the callers of the outermost function use. */
  readonly stackUsed?: number;
}

const FRAME_SIZE = 512;
/** Of all frames of a call chain together, each rounded up to `FRAME_UNIT` (kernel: check_max_stack_depth). */
const MAX_STACK = 512;
const FRAME_UNIT = 32;
const MAX_FRAMES = 8;

interface Code {
  readonly name: string;
  readonly params: number;
  readonly insns: readonly Decoded[];
}

export class Machine {
  readonly memory: Memory;
  /** Instructions run by the last call. */
  steps = 0;
  readonly #options: MachineOptions;
  readonly #code = new Map<string, Code>();
  readonly #stacks: Region[];
  readonly #limit: number;
  readonly #probe: boolean;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.memory = options.memory ?? new Memory();
    this.#limit = options.limit ?? 1_000_000;
    this.#probe = Object.keys(options.kfuncs ?? {}).length > 0;
    this.#stacks = Array.from({ length: MAX_FRAMES }, (_, i) =>
      this.memory.own(`frame${i} fp`, "stack", new Uint8Array(FRAME_SIZE)),
    );
    const addresses = new Map(
      [
        ...(options.rodata ?? []).map(({ name, bytes }) => [name, bytes] as const),
        ...Object.entries(options.variables ?? {}).map(([id, bytes]) => [variable(id), bytes] as const),
      ].map(([name, bytes]) => [name, this.memory.own(name, "read", bytes).address]),
    );
    for (const f of options.functions)
      this.#code.set(f.name, { ...f, insns: decode(f.name, assemble(f.name, f.insns), addresses) });
  }

  /** Runs a function to its end; r0. Throws a MachineError for what a verifier would refuse. */
  call(name: string, args: readonly bigint[] = []): bigint {
    this.steps = 0;
    const code = this.#code.get(name);
    if (!code) throw new Error(`no function ${name}`);
    if (args.length !== code.params) throw new Error(`${name} has ${code.params} parameters`);
    const result = this.#run(code, args, 0, this.#options.stackUsed ?? 0);
    if (result === undefined) throw new MachineError(`${name}: r0 has no value at exit`);
    return result;
  }

  #run(code: Code, args: readonly bigint[], depth: number, used: number): bigint | undefined {
    const stack = this.#stacks[depth];
    if (!stack?.written) throw new MachineError(`more than ${MAX_FRAMES} frames`);
    stack.written.fill(0);
    const regs: (bigint | undefined)[] = [undefined, ...args];
    regs.length = 11;
    regs[10] = stack.end;
    const state: State = { regs, memory: this.memory, probe: this.#probe };
    let insn: Decoded | undefined;
    try {
      for (let index = 0; ; ) {
        insn = code.insns[index++];
        if (!insn) throw new MachineError("falls off the end");
        if (++this.steps > this.#limit) throw new MachineError(`more than ${this.#limit} instructions`);
        if (insn.compute) insn.compute(state, insn);
        else if (insn.test) {
          if (insn.test(state, insn)) index = insn.target;
        } else if (insn.op === CALL) {
          regs[0] = this.#callFrom(insn, regs, depth, used + checkStack(stack, used));
          regs[1] = regs[2] = regs[3] = regs[4] = regs[5] = undefined;
        } else if (insn.op === EXIT) {
          checkStack(stack, used);
          return regs[0];
        } else throw new MachineError(`unknown opcode 0x${insn.op.toString(16)}`);
      }
    } catch (error) {
      if (!(error instanceof MachineError) || error.where !== undefined) throw error;
      throw new MachineError(error.message, insn ? `${code.name}, pc ${insn.pc}` : code.name);
    }
  }

  #callFrom(
    insn: Decoded,
    regs: readonly (bigint | undefined)[],
    depth: number,
    used: number,
  ): bigint | undefined {
    const local = insn.symbol === undefined ? undefined : this.#code.get(insn.symbol);
    const target = local ?? this.#native(insn);
    const args: bigint[] = [];
    for (let i = 1; i <= target.params; i++) {
      const arg = regs[i];
      if (arg === undefined) throw new MachineError(`argument r${i} of a call has no value`);
      args.push(arg);
    }
    if ("run" in target) return BigInt.asUintN(64, target.run(args, this.memory));
    return this.#run(target, args, depth + 1, used);
  }

  #native(insn: Decoded): Native {
    const { externs = {}, helpers = {}, kfuncs = {} } = this.#options;
    const found =
      insn.symbol !== undefined
        ? externs[insn.symbol]
        : (insn.src === CALL_KIND.kfunc ? kfuncs : helpers)[insn.immediate];
    if (!found) throw new MachineError(`call of unknown function ${insn.symbol ?? insn.immediate}`);
    return found;
  }
}

/** The frame's depth so far, rounded; an error if the chain's is too much. */
function checkStack(stack: Region, used: number): number {
  const lowest = stack.written?.indexOf(1) ?? -1;
  // A frame counts even if it is empty.
  const depth = lowest < 0 ? FRAME_UNIT : Math.ceil((FRAME_SIZE - lowest) / FRAME_UNIT) * FRAME_UNIT;
  if (used + depth > MAX_STACK) throw new MachineError(`combined stack of ${used + depth} bytes`);
  return depth;
}

function decode(name: string, { table }: Assembled, addresses: ReadonlyMap<string, bigint>): Decoded[] {
  const indexOf = new Map(table.map((entry, index) => [entry.pc, index]));
  return table.map(({ pc, insn }): Decoded => {
    let imm = BigInt(insn.imm);
    if (insn.op === LDDW && (insn.symbol !== undefined || insn.src === LDDW_KIND.variable)) {
      const symbol = insn.symbol ?? variable(insn.imm);
      const address = addresses.get(symbol);
      if (address === undefined) throw new MachineError(`${name}: address of unknown data ${symbol}`);
      imm = insn.symbol === undefined ? address : imm + address;
    }
    const compute = COMPUTE[insn.op] ?? MEMORY[insn.op];
    const test: JumpTest | undefined = JUMPS[insn.op];
    if (compute && insn.dst === 10 && insn.op !== CALL && writesDst(insn.op))
      throw new MachineError(`${name}: pc ${pc}: writes r10`);
    return {
      pc,
      op: insn.op,
      dst: insn.dst,
      src: insn.src as Register,
      off: BigInt(insn.off),
      immediate: Number(insn.op === LDDW ? 0 : insn.imm),
      imm64: BigInt.asUintN(64, imm),
      imm32: BigInt.asUintN(32, imm),
      target: indexOf.get(pc + 1 + insn.off) ?? -1,
      ...(insn.symbol !== undefined && { symbol: insn.symbol }),
      ...(compute && { compute }),
      ...(test && { test }),
    };
  });
}

const variable = (id: number | bigint | string): string => `kernel variable ${id}`;

/** Arithmetic (classes 4 and 7) and loads (0 and 1) do; stores use it as an address. */
const writesDst = (op: number): boolean => [0, 1, 4, 7].includes(op & 7);
