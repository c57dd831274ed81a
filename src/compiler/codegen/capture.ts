import { alu, be32, be64, jump, ldx, mov, r0, r1, r2, r3, r8, st, stx } from "../bpf/index.ts";
import type { RecordLayout } from "../compiled.ts";
import { emitBytes, emitPayload, emitStack } from "./bytes.ts";
import { emitCond } from "./conditions.ts";
import { surely } from "./lower.ts";
import type { LowerContext } from "./lower-context.ts";
import { atDrop, type Lowered } from "./lower-read.ts";
import type { Capture } from "./record.ts";
import { emitValue, type Generator } from "./values.ts";
import { loadView, tupleFunction, viewAddress } from "./view.ts";

/**
 * Fills the record at r8: each value that is there, and its bit in the presence words. The bits are set in the record
 * and not in a register, because a verifier before 6.4 keeps apart all states in which a register has another known
 * value: each optional column would double them. What stands in the record it does not know.
 */
export function emitCaptures(
  g: Generator,
  record: RecordLayout,
  captures: readonly Capture[],
  context: LowerContext,
): void {
  const { e } = g;
  for (let word = 0; word < record.presenceWords; word++) e.emit(st(8, r8, record.presence + word * 8, 0));
  emitSome(
    g,
    captures.filter(({ ofDrops }) => !ofDrops),
    record,
    context,
  );
  const rest = captures.filter(({ ofDrops }) => ofDrops);
  if (rest.length === 0) return;
  const [drop, done] = [e.newLabel("drop"), e.newLabel("captured")];
  emitCond(g, atDrop, drop, done, drop);
  e.place(drop);
  emitSome(g, rest, record, context);
  e.place(done);
}

function emitSome(
  g: Generator,
  captures: readonly Capture[],
  record: RecordLayout,
  context: LowerContext,
): void {
  const { e } = g;
  for (const capture of captures) {
    const absent = e.newLabel("absent");
    const bit = capture.slot.bit!;
    const byte = record.presence + (bit >> 3);
    e.within(capture.slot.expr.span, () => {
      if (capture.condition) {
        const wanted = e.newLabel("wanted");
        emitCond(g, capture.condition, wanted, absent, wanted);
        e.place(wanted);
      }
      emitCapture(g, capture, context, absent);
    });
    e.emit(ldx(1, r1, r8, byte), alu.or.imm(r1, 1 << (bit & 7)), stx(1, r8, byte, r1));
    e.place(absent);
  }
}

function emitCapture(g: Generator, { slot, source }: Capture, context: LowerContext, absent: string): void {
  const { e } = g;
  const { offset, size } = slot;
  switch (source.shape) {
    case "presence": {
      const there = e.newLabel("there");
      e.emit(st(1, r8, offset, 1));
      emitCond(g, surely(source.expr, true, context), there, absent, there);
      return e.place(there);
    }
    case "number":
      emitValue(g, source.value, absent);
      if (slot.encoding === "mac") e.emit(alu.lsh.imm(r0, 16), be64(r0));
      return e.emit(stx(size as 1 | 2 | 4 | 8, r8, offset, r0));
    case "ip":
      return emitIp(g, source, slot.encoding === "ip", offset, absent);
    case "bytes":
      if (source.bytes.op === "payload") {
        return emitPayload(g, source.bytes.size, { base: 8, offset }, absent);
      }
      return emitBytes(g, source.bytes, { base: 8, offset }, absent);
    case "stack":
      return emitStack(g, size, { base: 8, offset }, absent);
    case "tuple":
      // The view first: its parsing would take too much stack below that function's.
      loadView(g, source.inner);
      viewAddress(e, r1, source.inner);
      e.emit(mov.reg(r2, r8), alu.add.imm(r2, offset));
      e.loadEvent(r3, "skb");
      e.call(tupleFunction(source.inner));
      return e.emit(jump.eq.imm(r0, 0, absent));
  }
}

export type Ip = Extract<Lowered, { shape: "ip" }>;

/** Writes an address in network order; `tagged`: with its family before it. */
export function emitIp(g: Generator, { v4, v6 }: Ip, tagged: boolean, offset: number, absent: string): void {
  const { e } = g;
  const at = tagged ? offset + 8 : offset;
  const done = e.newLabel("address");
  if (v4) {
    const next = v6 ? e.newLabel("not_4") : absent;
    emitValue(g, v4, next);
    e.emit(be32(r0), stx(4, r8, at, r0));
    if (tagged) e.emit(st(8, r8, offset, 4), st(4, r8, at + 4, 0), st(8, r8, at + 8, 0));
    if (v6) {
      e.goto(done);
      e.place(next);
    }
  }
  if (v6) {
    v6.forEach((part, i) => {
      emitValue(g, part, absent);
      e.emit(be64(r0), stx(8, r8, at + i * 8, r0));
    });
    if (tagged) e.emit(st(8, r8, offset, 6));
  }
  e.place(done);
}
