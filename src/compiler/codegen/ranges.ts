import {
  alu,
  jump,
  lddwSymbol,
  ldx,
  mov,
  neg,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  stx,
} from "../bpf/index.ts";
import { leave } from "./conditions.ts";
import type { Cond } from "./ir.ts";
import { emitPair, emitValue, type Generator, isImmediate } from "./values.ts";

type Ranges = Extract<Cond, { op: "ranges" }>;

/** Up to here comparing with each range in turn is cheaper than looking in a table. */
const MOST_COMPARISONS = 8;

/** Membership in sorted, disjoint ranges: by comparisons, or by binary search in a table of `.rodata`. */
export function emitRanges(g: Generator, cond: Ranges, yes: string, no: string, next: string): void {
  const [inside, outside] = cond.negated ? [no, yes] : [yes, no];
  if (cond.bits === 128) emitSearch128(g, cond, inside, no);
  else if (cond.ranges.length <= MOST_COMPARISONS) emitComparisons(g, cond, inside, no);
  else emitSearch(g, cond, inside, no);
  leave(g, outside, next);
}

/** Falls through where the value is in none of the ranges. */
function emitComparisons(g: Generator, cond: Ranges, inside: string, absent: string): void {
  const { e } = g;
  emitValue(g, cond.parts[0]!, absent);
  for (const { low, high } of cond.ranges) {
    if (low === high) {
      if (isImmediate(low)) e.emit(jump.eq.imm(r0, Number(BigInt.asIntN(64, low)), inside));
      else {
        e.constant(r1, low);
        e.emit(jump.eq.reg(r0, r1, inside));
      }
      continue;
    }
    // low <= x <= high is one unsigned comparison: x - low <= high - low.
    e.emit(mov.reg(r1, r0));
    e.constant(r2, low);
    e.emit(alu.sub.reg(r1, r2));
    e.constant(r2, high - low);
    e.emit(jump.le.reg(r1, r2, inside));
  }
}

/** The table: all lower ends, then all upper ends, each padded to a power of two by repeating the last range. */
function table(g: Generator, ranges: Ranges["ranges"], words: 1 | 2): { symbol: string; length: number } {
  const length = 2 ** Math.ceil(Math.log2(Math.max(2, ranges.length)));
  const data = new BigUint64Array(length * 2 * words);
  for (let i = 0; i < length; i++) {
    const { low, high } = ranges[Math.min(i, ranges.length - 1)]!;
    [low, high].forEach((value, end) => {
      const at = (end * length + i) * words;
      if (words === 2) data[at] = value >> 64n;
      data[at + words - 1] = BigInt.asUintN(64, value);
    });
  }
  return { symbol: g.tables.add("ranges", new Uint8Array(data.buffer)), length };
}

/**
 * r5 = 1 if a < b, unsigned, else 0. Without a branch, since the verifier would follow both ways of every step of a
 * search: 2^steps of them. Hacker's Delight, 2-12: the borrow of a - b. Loses r0.
 */
function emitBelow(g: Generator, a: Register, b: Register): void {
  g.e.emit(
    mov.reg(r5, a),
    alu.xor.imm(r5, -1),
    alu.and.reg(r5, b), // ~a & b
    mov.reg(r0, a),
    alu.xor.reg(r0, b),
    alu.xor.imm(r0, -1), // ~(a ^ b)
    mov.reg(r4, a),
    alu.sub.reg(r4, b),
    alu.and.reg(r0, r4), // ~(a ^ b) & (a - b)
    alu.or.reg(r5, r0),
    alu.rsh.imm(r5, 63),
  );
}

/*
 * A step goes on by 0 or `step`: the bit, shifted. Not by a mask of 0 or -1, which the verifier of late takes for two
 * states to be followed, again 2^steps of them.
 */

/** Finds the last range whose lower end is not above the value; in r2 the index, in r1 the value, in r3 the table. */
function emitSearch(g: Generator, cond: Ranges, inside: string, absent: string): void {
  const { e } = g;
  const { symbol, length } = table(g, cond.ranges, 1);
  emitValue(g, cond.parts[0]!, absent);
  e.emit(mov.reg(r1, r0), mov.imm(r2, 0));
  for (let step = length / 2; step >= 1; step /= 2) {
    e.emit(
      lddwSymbol(r3, symbol, step * 8),
      mov.reg(r0, r2),
      alu.lsh.imm(r0, 3),
      alu.add.reg(r3, r0),
      ldx(8, r3, r3, 0),
    );
    emitBelow(g, r1, r3); // r5 = value < low: stay
    e.emit(
      alu.xor.imm(r5, 1),
      alu.lsh.imm(r5, Math.log2(step)),
      alu.add.reg(r2, r5),
      alu.and.imm(r2, length - 1),
    );
  }
  e.emit(alu.lsh.imm(r2, 3), lddwSymbol(r3, symbol), alu.add.reg(r3, r2), ldx(8, r4, r3, 0));
  const none = e.newLabel("outside");
  e.emit(jump.lt.reg(r1, r4, none), ldx(8, r4, r3, length * 8), jump.le.reg(r1, r4, inside));
  e.place(none);
}

/** The same for two words; high word in r1, low word on the stack. */
function emitSearch128(g: Generator, cond: Ranges, inside: string, absent: string): void {
  const { e } = g;
  const { symbol, length } = table(g, cond.ranges, 2);
  const FP = 10 satisfies Register;
  e.withSlot(24, (slot) => {
    const [high, low, index] = [slot, slot + 8, slot + 16];
    emitPair(g, cond.parts[0]!, cond.parts[1]!, absent);
    e.emit(stx(8, FP, high, r0), stx(8, FP, low, r1), mov.imm(r2, 0), stx(8, FP, index, r2));
    for (let step = length / 2; step >= 1; step /= 2) {
      // r3 = entry; below = high < e.high or (high == e.high and low < e.low)
      e.emit(
        ldx(8, r2, FP, index),
        alu.and.imm(r2, length - 1),
        lddwSymbol(r3, symbol, step * 16),
        alu.lsh.imm(r2, 4),
        alu.add.reg(r3, r2),
      );
      emitBelow128(g, r3, 0, high, low);
      e.emit(
        alu.xor.imm(r5, 1),
        alu.lsh.imm(r5, Math.log2(step)),
        ldx(8, r2, FP, index),
        alu.add.reg(r2, r5),
        stx(8, FP, index, r2),
      );
    }
    const none = e.newLabel("outside");
    const entry = (): void =>
      e.emit(
        ldx(8, r2, FP, index),
        alu.and.imm(r2, length - 1),
        alu.lsh.imm(r2, 4),
        lddwSymbol(r3, symbol),
        alu.add.reg(r3, r2),
      );
    entry();
    emitBelow128(g, r3, 0, high, low);
    e.emit(jump.ne.imm(r5, 0, none));
    // Not above the upper end: not (end < value).
    entry();
    const at = length * 16;
    e.emit(ldx(8, r1, r3, at), ldx(8, r2, FP, high), jump.lt.reg(r2, r1, inside), jump.ne.reg(r2, r1, none));
    e.emit(ldx(8, r1, r3, at + 8), ldx(8, r2, FP, low), jump.le.reg(r2, r1, inside));
    e.place(none);
  });
}

/** r5 = 1 if the value on the stack is below the entry at r3 + offset. */
function emitBelow128(g: Generator, entry: Register, offset: number, high: number, low: number): void {
  const FP = 10 satisfies Register;
  const { e } = g;
  e.emit(ldx(8, r1, FP, low), ldx(8, r2, entry, offset + 8));
  emitBelow(g, r1, r2);
  e.emit(mov.reg(r2, r5), ldx(8, r1, FP, high), ldx(8, r4, entry, offset));
  // r0 = (high == e.high): then the low words decide.
  e.emit(
    mov.reg(r0, r1),
    alu.xor.reg(r0, r4),
    mov.reg(r5, r0),
    neg(r5),
    alu.or.reg(r0, r5),
    alu.rsh.imm(r0, 63),
    alu.xor.imm(r0, 1),
    alu.and.reg(r2, r0),
    mov.reg(r3, r4),
  );
  emitBelow(g, r1, r3);
  e.emit(alu.or.reg(r5, r2));
}
