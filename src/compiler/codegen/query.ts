import {
  alu,
  constant as constantInsn,
  jump,
  ldx,
  mov,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  r8,
  r9,
  st,
  stx,
} from "../bpf/index.ts";
import type { RecordLayout } from "../compiled.ts";
import { ADMIT, RECORD_FLAG, RECORD_HEAD, SCRATCH_SIZE } from "../layout.ts";
import type { QueryPlan } from "../plan/plan.ts";
import type { Span } from "../source.ts";
import type { CheckedQuery } from "../typed.ts";
import { emitCaptures } from "./capture.ts";
import { emitCond } from "./conditions.ts";
import type { Cond } from "./ir.ts";
import type { LowerContext } from "./lower-context.ts";
import type { Past } from "./lower-past.ts";
import { atDrop } from "./lower-read.ts";
import { emitPast, emitStart } from "./past.ts";
import type { Capture } from "./record.ts";
import type { Generator } from "./values.ts";

/** One query with its conditions and captures lowered, ready for instructions. */
export interface LoweredQuery {
  readonly index: number;
  readonly checked: CheckedQuery;
  readonly plan: QueryPlan;
  readonly context: LowerContext;
  readonly where?: Cond;
  readonly when?: Cond;
  readonly stop?: Cond;
  /** `until EXPR` terminals; those that are points are in the cookies. */
  readonly until: readonly Terminal[];
  /** `ending EXPR` terminals, and one for all those that are points, which are in the cookies as `until` are. */
  readonly ending: readonly Terminal[];
  readonly past: Past;
  readonly record: RecordLayout;
  readonly captures: readonly Capture[];
}

export interface Terminal {
  readonly condition: Cond;
  readonly span: Span;
}

const FP = 10 satisfies Register;

/**
 * One query's part of `pwq_query`: is the packet followed, or does `where` select it now; is the event shown; does the
 * journey end here; then the record. Falls through to the next query.
 */
export function emitQuery(g: Generator, query: LoweredQuery): void {
  const { e } = g;
  const { index, checked, plan } = query;
  const bit = 1 << index;
  const [followed, next, ended] = [e.newLabel("followed"), e.newLabel("next"), e.newLabel("ended")];
  const span = (kind: string): Span =>
    checked.syntax.clauses.find((c) => c.kind === kind)?.span ?? checked.syntax.subject.span;

  e.within(checked.syntax.subject.span, () => {
    e.loadEvent(r0, "follow");
    e.emit(jump.set.imm(r0, bit, followed));
    e.loadEvent(r0, "at");
    const here = e.newLabel("here");
    e.emit(jump.set.imm(r0, bit, here));
    e.goto(next);
    e.place(here);
    e.loadEvent(r0, "done");
    e.emit(jump.set.imm(r0, bit, next));
  });
  const { stretch } = query.past;
  if (stretch) {
    e.within(span("From"), () => {
      const begin = e.newLabel("begin");
      emitCond(g, stretch.from, begin, next, begin);
      e.place(begin);
    });
  }
  if (query.where) {
    e.within(span("Where"), () => {
      const selected = e.newLabel("selected");
      emitCond(g, query.where!, selected, next, selected);
      e.place(selected);
    });
  }
  e.within(checked.syntax.subject.span, () => {
    const { sample, rate, limit } = checked;
    const flags =
      (plan.once ? ADMIT.once : 0) |
      (checked.follow.size === 0 ? ADMIT.event : 0) |
      (checked.ending.length > 0 ? ADMIT.held : 0);
    e.emit(
      mov.reg(r1, r6),
      mov.imm(r2, index | flags),
      constantInsn(r3, sample ? (BigInt(sample.numerator) << 32n) | BigInt(sample.denominator) : 0n),
      constantInsn(r4, rate ? rate.perNs / BigInt(rate.count) : 0n),
      // Of held journeys those that are shown are counted, in user space.
      constantInsn(r5, limit?.unit === "packets" && checked.ending.length === 0 ? limit.count : 0),
    );
    e.call("pwq_admit");
    e.emit(jump.eq.imm(r0, 0, next));
    if (stretch) emitStart(g, stretch);
    e.place(followed);
    // A followed packet at a point that only another query, or only the following itself, looks at.
    e.loadEvent(r0, "at");
    e.loadEvent(r1, "until");
    e.emit(alu.or.reg(r0, r1));
    const wanted = e.newLabel("wanted");
    e.emit(jump.set.imm(r0, bit, wanted));
    e.goto(next);
    e.place(wanted);
  });

  emitPast(g, query.past);
  e.withSlot(8, (flags) => {
    e.opaqueZero(r9, r0);
    const going = e.newLabel("going");
    if (query.ending.length > 0) {
      const otherwise = e.newLabel("otherwise");
      emitTerminals(g, query.ending, RECORD_FLAG.last | RECORD_FLAG.ending, otherwise);
      e.goto(going);
      e.place(otherwise);
    }
    e.within(span("Until"), () => {
      const ending = e.newLabel("ending");
      e.loadEvent(r0, "until");
      e.emit(jump.set.imm(r0, bit, ending));
      // The points among them are in the event.
      emitTerminals(g, query.until, RECORD_FLAG.last, going, ending);
    });
    e.place(going);
    if (query.stop) {
      e.within(span("Stop"), () => {
        const [yes, no] = [e.newLabel("stop"), e.newLabel("go_on")];
        emitCond(g, query.stop!, yes, no, yes);
        e.place(yes);
        e.emit(alu.add.imm(r9, RECORD_FLAG.stop));
        e.place(no);
      });
    }
    if (query.when) {
      e.within(span("When"), () => {
        const [shown, hidden] = [e.newLabel("shown"), e.newLabel("hidden")];
        // The last event of a journey is always shown, unless the journey is timed: then it is the one to choose by.
        const chosen = stretch !== undefined && query.ending.length === 0;
        if (!chosen) e.emit(jump.set.imm(r9, RECORD_FLAG.last, shown));
        emitCond(g, query.when!, shown, hidden, hidden);
        e.place(hidden);
        e.emit(jump.eq.imm(r9, 0, next));
        if (chosen) e.emit(stx(8, FP, flags, r9), jump.eq.imm(r9, RECORD_FLAG.last, ended));
        e.emit(alu.add.imm(r9, RECORD_FLAG.hidden));
        e.place(shown);
      });
    }
    e.within(span("Show"), () => {
      const { size, short } = query.record;
      // The ring buffer gives room of a fixed size: what is longer at drops is put together elsewhere.
      const varies = short < size && size <= SCRATCH_SIZE && !onlyDrops(query);
      const composed = varies || !g.reader.direct;
      e.emit(stx(8, FP, flags, r9), mov.reg(r1, r6), mov.imm(r2, index), mov.imm(r3, size));
      e.call(composed ? "pwq_compose" : "pwq_reserve");
      e.emit(jump.eq.imm(r0, 0, ended));
      e.loadEvent(r8, "record");
      if (varies) emitSize(g, short);
      const at = RECORD_HEAD.offsets.flags!;
      e.emit(ldx(1, r0, r8, at), alu.or.reg(r0, r9), stx(1, r8, at, r0));
      emitCaptures(g, query.record, query.captures, query.context);
      e.emit(mov.reg(r1, r8), mov.imm(r2, index));
      e.call(composed ? "pwq_output" : "pwq_submit");
    });
    e.place(ended);
    e.within(span("Until"), () => {
      e.emit(ldx(8, r9, FP, flags), alu.and.imm(r9, RECORD_FLAG.last), jump.eq.imm(r9, 0, next));
      e.emit(mov.reg(r1, r6), mov.imm(r2, index));
      e.call("pwq_end");
    });
  });
  e.place(next);
}

const onlyDrops = ({ context }: LoweredQuery): boolean => context.points.every(({ kind }) => kind === "drop");

/** Of an event that is no drop, less is sent. */
function emitSize(g: Generator, short: number): void {
  const { e } = g;
  const [drop, other] = [e.newLabel("whole"), e.newLabel("part")];
  emitCond(g, atDrop, drop, other, other);
  e.place(other);
  e.emit(st(4, r8, RECORD_HEAD.offsets.size!, short));
  e.place(drop);
}

/** Adds the flags if one of the conditions holds; else goes to `none`. Falls through where they are added. */
function emitTerminals(
  g: Generator,
  terminals: readonly Terminal[],
  flags: number,
  none: string,
  met = g.e.newLabel("met"),
): void {
  const { e } = g;
  for (const { condition, span } of terminals) {
    e.within(span, () => {
      const not = e.newLabel("not_yet");
      emitCond(g, condition, met, not, not);
      e.place(not);
    });
  }
  e.goto(none);
  e.place(met);
  e.emit(alu.add.imm(r9, flags));
}
