import { alu, jump, ldx, mov, r0, r1, r2, r3, r4, r6, stx } from "../bpf/index.ts";
import { emitBytes } from "./bytes.ts";
import { emitCond } from "./conditions.ts";
import { type Past, REMEMBERED_BYTES, type Remembered, type Stretch } from "./lower-past.ts";
import { ANSWERS, LATENCY, no, yes } from "./past-values.ts";
import { emitValue, type Generator } from "./values.ts";

/**
 * Each value that a query remembers is computed and handed to the template (bpf/templates/past.h) once at every event,
 * before anything is tested, because conditions may be left early. What comes of it stands on the stack.
 */

const FP = 10;

/** The packet is selected at a `from` point: its time begins. */
export function emitStart({ e }: Generator, { slot }: Stretch): void {
  e.emit(mov.reg(r1, r6), mov.imm(r2, slot), mov.imm(r3, 0));
  e.loadEvent(r4, "time");
  e.call("pwq_changed");
}

/** Puts the answers for this event on the stack. */
export function emitPast(g: Generator, { values, stretch }: Past): void {
  const { e } = g;
  if (stretch) emitLatency(g, stretch);
  if (values.length === 0) return;
  const local = e.windowSlot(ANSWERS, 8);
  e.opaqueZero(r0, r1);
  e.emit(stx(8, FP, local, r0));
  values.forEach(({ how, slot, value, span }, index) => {
    const done = e.newLabel("remembered");
    const otherwise = e.newLabel("otherwise");
    e.within(span, () => {
      emitRemembered(g, value, done);
      e.emit(mov.reg(r1, r6), mov.imm(r2, slot));
      e.call(how === "changed" ? "pwq_changed" : "pwq_first");
      e.emit(ldx(8, r1, FP, local), jump.eq.imm(r0, 0, otherwise));
      e.emit(alu.add.imm(r1, yes(index)), stx(8, FP, local, r1));
      e.goto(done);
      e.place(otherwise);
      e.emit(alu.add.imm(r1, no(index)), stx(8, FP, local, r1));
    });
    e.place(done);
  });
}

/** r3, r4 = the value's words; jumps to `absent` if there is none. */
function emitRemembered(g: Generator, value: Remembered, absent: string): void {
  const { e } = g;
  if (value.shape === "word") {
    emitValue(g, value.low, absent);
    return e.emit(mov.imm(r3, 0), mov.reg(r4, r0));
  }
  e.withSlot(REMEMBERED_BYTES, (words) => {
    if (value.shape === "words") {
      emitValue(g, value.high, absent);
      e.emit(stx(8, FP, words, r0));
      emitValue(g, value.low, absent);
      e.emit(stx(8, FP, words + 8, r0));
    } else {
      // What the bytes do not fill.
      e.opaqueZero(r0, r1);
      e.emit(stx(8, FP, words, r0), stx(8, FP, words + 8, r0));
      emitBytes(g, value.bytes, { base: FP, offset: words }, absent);
    }
    e.emit(ldx(8, r3, FP, words), ldx(8, r4, FP, words + 8));
  });
}

function emitLatency(g: Generator, { slot, to }: Stretch): void {
  const { e } = g;
  const local = e.windowSlot(LATENCY, 8);
  const [here, done] = [e.newLabel("to"), e.newLabel("timed")];
  e.opaqueZero(r0, r1);
  e.emit(stx(8, FP, local, r0));
  emitCond(g, to, here, done, here);
  e.place(here);
  e.emit(mov.reg(r1, r6), mov.imm(r2, slot));
  e.call("pwq_kept");
  e.emit(jump.eq.imm(r0, 0, done));
  e.loadEvent(r1, "time");
  e.emit(alu.sub.reg(r1, r0), stx(8, FP, local, r1));
  e.place(done);
}
