import { alu, jump, lddwSymbol, ldx, mov, r0, r1, r2, r3 } from "../bpf/index.ts";
import { emitBytes } from "./bytes.ts";
import { leave } from "./conditions.ts";
import { compilePattern } from "./dfa.ts";
import type { Bytes, Cond } from "./ir.ts";
import { PatternProblem } from "./problem.ts";
import type { Generator } from "./values.ts";

type Text = Extract<Cond, { op: "text" }>;

/** Tests a string of the packet or the task: copied to the stack, then compared or run through an automaton. */
export function emitText(g: Generator, cond: Text, yes: string, no: string, next: string): void {
  const [matches, differs] = cond.negated ? [no, yes] : [yes, no];
  const size = sizeOf(cond.source);
  g.e.withSlot(size, (slot) => {
    emitBytes(g, cond.source, { base: 10, offset: slot }, no);
    if (cond.test.kind === "equals") emitEquals(g, cond.test.text, slot, size, differs);
    else emitPattern(g, cond.test, slot, size, differs);
  });
  leave(g, matches, next);
}

function sizeOf(bytes: Bytes): number {
  switch (bytes.op) {
    case "guard":
      return sizeOf(bytes.bytes);
    case "first":
      return Math.max(...bytes.of.map(sizeOf));
    default:
      return bytes.size;
  }
}

/** Falls through if the string on the stack is `text`, with its NUL unless it fills the whole array. */
function emitEquals({ e }: Generator, text: string, slot: number, size: number, differs: string): void {
  const wanted = Buffer.from(text);
  if (wanted.length > size) return e.goto(differs);
  const compared = Math.min(wanted.length + 1, size);
  const padded = Buffer.alloc(Math.ceil(compared / 8) * 8);
  wanted.copy(padded);
  for (let at = 0; at < compared; ) {
    const left = compared - at;
    const step = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const value = step === 8 ? padded.readBigUInt64LE(at) : BigInt(padded.readUIntLE(at, step));
    e.emit(ldx(step, r0, 10, slot + at));
    e.constant(r1, value);
    e.emit(jump.ne.reg(r0, r1, differs));
    at += step;
  }
}

/**
 * Falls through if the automaton accepts the string on the stack. Two tables: byte to class, and (state, class) to state;
 * rows are a power of two wide and states are bytes, so that every index is bounded by a mask.
 */
function emitPattern(
  { e, tables }: Generator,
  { how, pattern }: { readonly how: "glob" | "regex"; readonly pattern: string },
  slot: number,
  size: number,
  differs: string,
): void {
  const automaton = compilePattern(how, pattern, size);
  if ("problem" in automaton) throw new PatternProblem(pattern, automaton.problem);
  const shift = Math.ceil(Math.log2(Math.max(2, automaton.classCount)));
  const width = 2 ** shift;
  const states = 2 ** Math.ceil(Math.log2(Math.max(2, automaton.stateCount)));
  const next = new Uint8Array(states * width);
  const accepts = new Uint8Array(states);
  for (let state = 0; state < automaton.stateCount; state++) {
    accepts[state] = automaton.accepting[state] ? 1 : 0;
    for (let c = 0; c < automaton.classCount; c++) {
      next[state * width + c] = automaton.next[state * automaton.classCount + c]!;
    }
  }
  const classSymbol = tables.add("classes", automaton.classes);
  const nextSymbol = tables.add("states", next);
  const acceptSymbol = tables.add("accepts", accepts);

  const end = e.newLabel("end_of_text");
  e.emit(mov.imm(r0, automaton.start));
  for (let i = 0; i < size; i++) {
    e.emit(
      ldx(1, r1, 10, slot + i),
      jump.eq.imm(r1, 0, end),
      lddwSymbol(r2, classSymbol),
      alu.add.reg(r2, r1),
      ldx(1, r1, r2, 0),
      alu.and.imm(r1, width - 1),
      alu.and.imm(r0, states - 1),
      alu.lsh.imm(r0, shift),
      alu.or.reg(r0, r1),
      lddwSymbol(r2, nextSymbol),
      alu.add.reg(r2, r0),
      ldx(1, r0, r2, 0),
    );
  }
  e.place(end);
  e.emit(alu.and.imm(r0, states - 1), lddwSymbol(r3, acceptSymbol), alu.add.reg(r3, r0), ldx(1, r0, r3, 0));
  e.emit(jump.eq.imm(r0, 0, differs));
}
