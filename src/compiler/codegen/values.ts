import {
  type AluName,
  alu,
  be16,
  be32,
  be64,
  call,
  HELPER,
  type JumpName,
  jump,
  ldx,
  mov,
  neg,
  type Register,
  r0,
  r1,
  r2,
  r7,
  stx,
} from "../bpf/index.ts";
import { CONTEXT } from "../layout.ts";
import { emitCond } from "./conditions.ts";
import { CONTEXT_FUNCTION } from "./context.ts";
import type { Emitter } from "./emitter.ts";
import type { Alu, Load, Value } from "./ir.ts";
import { emitFilter, type Filters } from "./pcap/filters.ts";
import { copy, type Reader } from "./reader.ts";
import type { Tables } from "./tables.ts";
import { emitHeader, requireView, viewMember } from "./view.ts";
import type { Windows } from "./windows.ts";

/** What emission of one function needs. */
export interface Generator {
  readonly e: Emitter;
  readonly reader: Reader;
  readonly windows: Windows;
  readonly tables: Tables;
  readonly filters: Filters;
  /** There are events without an skb: returns. */
  readonly skbless?: boolean;
}

const FP = 10 satisfies Register;

/**
 * r0 = value; jumps to `absent` if there is none. r1 to r5 are lost, r6 to r9 kept.
 */
export function emitValue(g: Generator, value: Value, absent: string): void {
  const { e } = g;
  switch (value.op) {
    case "const":
      return e.constant(r0, value.value);
    case "event":
      return e.loadEvent(r0, value.member);
    case "local":
      return e.emit(ldx(8, r0, FP, e.windowSlot(value.name, 8)));
    case "view":
      requireView(g, value.has, absent, value.inner);
      return e.loadEvent(r0, viewMember(value.member, value.inner));
    case "load":
      return emitLoad(g, value, absent);
    case "header":
      return emitHeader(g, value, absent);
    case "network":
      return e.emit(mov.reg(r0, r7));
    case "regs":
      e.loadEvent(r1, "regs");
      return e.emit(jump.eq.imm(r1, 0, absent), ldx(8, r0, r1, value.offset));
    case "helper":
      return e.emit(call.helper(HELPERS[value.helper]));
    case "pcap":
      return emitFilter(g, value.filter, absent, value.inner);
    case "context":
      e.call(CONTEXT_FUNCTION);
      return e.emit(jump.eq.imm(r0, CONTEXT.unknown, absent));
    case "alu":
      return emitAlu(g, value, absent);
    case "swap":
      emitValue(g, value.value, absent);
      return e.emit(SWAP[value.size](r0));
    case "bits":
      emitValue(g, value.value, absent);
      return emitBits(e, value.shift, value.width, value.signed);
    case "minmax": {
      const done = e.newLabel("chosen");
      emitPair(g, value.left, value.right, absent);
      const keep: JumpName =
        value.which === "min" ? (value.signed ? "sle" : "le") : value.signed ? "sge" : "ge";
      e.emit(jump[keep].reg(r0, r1, done), mov.reg(r0, r1));
      return e.place(done);
    }
    case "guard": {
      const holds = e.newLabel("holds");
      emitCond(g, value.condition, holds, absent, holds);
      e.place(holds);
      return emitValue(g, value.value, absent);
    }
    case "first": {
      const done = e.newLabel("found");
      value.of.forEach((one, i) => {
        const last = i === value.of.length - 1;
        const next = last ? absent : e.newLabel("else");
        emitValue(g, one, next);
        if (last) return;
        e.goto(done);
        e.place(next);
      });
      return e.place(done);
    }
  }
}

const HELPERS = {
  cpu: HELPER.get_smp_processor_id,
  pid_tgid: HELPER.get_current_pid_tgid,
  cgroup: HELPER.get_current_cgroup_id,
} as const;

const SWAP = { 2: be16, 4: be32, 8: be64 } as const;

/** r0 = bits of r0. */
function emitBits(e: Emitter, shift: number, width: number, signed: boolean): void {
  e.emit(alu.lsh.imm(r0, 64 - shift - width), (signed ? alu.arsh : alu.rsh).imm(r0, 64 - width));
}

/** r0 = left, r1 = right. */
export function emitPair(g: Generator, left: Value, right: Value, absent: string): void {
  const { e } = g;
  if (right.op === "const") {
    emitValue(g, left, absent);
    return e.constant(r1, right.value);
  }
  e.withSlot(8, (slot) => {
    emitValue(g, left, absent);
    e.emit(stx(8, FP, slot, r0));
    emitValue(g, right, absent);
    e.emit(mov.reg(r1, r0), ldx(8, r0, FP, slot));
  });
}

/** Whether a constant fits the immediate of a 64-bit operation. */
export const isImmediate = (value: bigint): boolean => BigInt.asIntN(32, value) === BigInt.asIntN(64, value);

const ALU: Readonly<Record<Exclude<Alu, "/" | "%">, AluName>> = {
  "|": "or",
  "^": "xor",
  "&": "and",
  "<<": "lsh",
  ">>": "rsh",
  "+": "add",
  "-": "sub",
  "*": "mul",
};

function emitAlu(g: Generator, value: Extract<Value, { op: "alu" }>, absent: string): void {
  const { e } = g;
  const { alu: op, left, right, signed } = value;
  if (op === "/" || op === "%") return emitDivision(g, op, left, right, signed, absent);
  const name = (op === ">>" && signed ? "arsh" : ALU[op]) as Exclude<AluName, "neg">;
  // Shift counts are taken modulo 64, by the machine too; the verifier refuses larger immediates.
  const count = op === "<<" || op === ">>" ? 63n : undefined;
  if (right.op === "const" && (count !== undefined || isImmediate(right.value))) {
    emitValue(g, left, absent);
    const imm = count === undefined ? BigInt.asIntN(64, right.value) : right.value & count;
    return e.emit(alu[name].imm(r0, Number(imm)));
  }
  emitPair(g, left, right, absent);
  e.emit(alu[name].reg(r0, r1));
}

/** By zero: absent. Signed division is done on magnitudes, since the instruction set has it only from v4 on. */
function emitDivision(
  g: Generator,
  op: "/" | "%",
  left: Value,
  right: Value,
  signed: boolean,
  absent: string,
): void {
  const { e } = g;
  const divide = op === "/" ? alu.div : alu.mod;
  emitPair(g, left, right, absent);
  if (right.op !== "const" || right.value === 0n) e.emit(jump.eq.imm(r1, 0, absent));
  if (!signed) return e.emit(divide.reg(r0, r1));
  // The quotient is negative if the signs differ, the remainder if the dividend is.
  const label = (hint: string): string => e.newLabel(hint);
  const [a, b, done] = [label("dividend"), label("divisor"), label("divided")];
  e.emit(mov.reg(r2, r0));
  if (op === "/") e.emit(alu.xor.reg(r2, r1));
  e.emit(jump.sge.imm(r0, 0, a), neg(r0));
  e.place(a);
  e.emit(jump.sge.imm(r1, 0, b), neg(r1));
  e.place(b);
  e.emit(divide.reg(r0, r1), jump.sge.imm(r2, 0, done), neg(r0));
  e.place(done);
}

function emitLoad(g: Generator, load: Load, absent: string): void {
  const { e } = g;
  const window = g.reader.direct ? undefined : g.windows.find(load);
  if (window) {
    const slot = g.e.windowSlot(window.key, window.size);
    if (!e.has(window.key)) {
      emitBase(g, load.base, absent);
      copy(e, slot, window.start, window.size, absent);
      e.learn(window.key);
    }
    e.emit(ldx(load.size, r0, FP, slot + load.offset - window.start));
  } else {
    emitBase(g, load.base, absent);
    g.reader.number(e, load.offset, load.size, absent);
  }
  if (load.signed && load.size < 8) {
    const shift = 64 - load.size * 8;
    e.emit(alu.lsh.imm(r0, shift), alu.arsh.imm(r0, shift));
  }
}

/** r0 = an address. Top bit clear: not the kernel's, or NULL. The skb itself and its network header are never so. */
function emitBase(g: Generator, base: Value, absent: string): void {
  emitValue(g, base, absent);
  if ((base.op === "event" && base.member === "skb" && !g.skbless) || base.op === "network") return;
  g.e.emit(jump.sge.imm(r0, 0, absent));
}
