import { alu, type JumpName, jump, r0, r1 } from "../bpf/index.ts";
import { conditionCost } from "./cost.ts";
import type { Cond } from "./ir.ts";
import { emitRanges } from "./ranges.ts";
import { emitText } from "./text.ts";
import { emitPair, emitValue, type Generator, isImmediate } from "./values.ts";
import { loadView } from "./view.ts";

/**
 * Jumps to `yes` if the condition holds, else to `no`. `next` is the one of the two that the caller places right behind,
 * so that control may fall through to it. r0 to r5 are lost.
 */
export function emitCond(g: Generator, cond: Cond, yes: string, no: string, next: string): void {
  const { e } = g;
  switch (cond.op) {
    case "const":
      return leave(g, cond.value ? yes : no, next);
    case "and":
    case "or": {
      const isAnd = cond.op === "and";
      const operands = [...cond.of].sort((a, b) => conditionCost(a) - conditionCost(b));
      operands.forEach((operand, i) => {
        if (i === operands.length - 1) {
          emitCond(g, operand, yes, no, next);
          return;
        }
        const going = e.newLabel(cond.op);
        if (isAnd) emitCond(g, operand, going, no, going);
        else emitCond(g, operand, yes, going, going);
        e.place(going);
      });
      return;
    }
    case "cmp": {
      const { left, right, signed } = cond;
      const code = (signed ? SIGNED : UNSIGNED)[cond.cmp];
      const opposite = (signed ? SIGNED : UNSIGNED)[OPPOSITE[cond.cmp]];
      if (right.op === "const" && isImmediate(right.value)) {
        emitValue(g, left, no);
        const imm = Number(BigInt.asIntN(64, right.value));
        return branch(g, (j, to) => jump[j].imm(r0, imm, to), code, opposite, yes, no, next);
      }
      emitPair(g, left, right, no);
      return branch(g, (j, to) => jump[j].reg(r0, r1, to), code, opposite, yes, no, next);
    }
    case "test": {
      emitValue(g, cond.value, no);
      e.constant(r1, cond.mask);
      return anyBit(g, yes, no, next);
    }
    case "present": {
      const absent = cond.negated ? yes : no;
      emitValue(g, cond.value, absent);
      return leave(g, cond.negated ? no : yes, next);
    }
    case "has": {
      loadView(g, cond.inner);
      e.constant(r1, BigInt(cond.bits));
      return cond.negated ? anyBit(g, no, yes, next) : anyBit(g, yes, no, next);
    }
    case "ranges":
      return emitRanges(g, cond, yes, no, next);
    case "text":
      return emitText(g, cond, yes, no, next);
  }
}

/** Goes to a label, without a jump if it follows. */
export function leave({ e }: Generator, to: string, next: string): void {
  if (to !== next) e.goto(to);
}

/** To `some` if r0 and r1 have a bit in common. */
function anyBit(g: Generator, some: string, none: string, next: string): void {
  if (next === some) return g.e.emit(alu.and.reg(r0, r1), jump.eq.imm(r0, 0, none));
  g.e.emit(jump.set.reg(r0, r1, some));
  leave(g, none, next);
}

/** One conditional jump, the way round that lets the other case fall through. */
function branch(
  g: Generator,
  make: (code: JumpName, to: string) => ReturnType<typeof jump.eq.imm>,
  code: JumpName,
  opposite: JumpName,
  yes: string,
  no: string,
  next: string,
): void {
  if (next === yes) return g.e.emit(make(opposite, no));
  g.e.emit(make(code, yes));
  leave(g, no, next);
}

type Compare = Extract<Cond, { op: "cmp" }>["cmp"];
const OPPOSITE: Readonly<Record<Compare, Compare>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};
const UNSIGNED: Readonly<Record<Compare, JumpName>> = {
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};
const SIGNED: Readonly<Record<Compare, JumpName>> = {
  "==": "eq",
  "!=": "ne",
  "<": "slt",
  "<=": "sle",
  ">": "sgt",
  ">=": "sge",
};
