import { alu, be32, be64, ldx, mov, type Register, r0, r1, r8, r9, st, stx } from "../bpf/index.ts";
import type { RecordLayout } from "../compiled.ts";
import { findField } from "../fields/table.ts";
import { TUPLE } from "../layout.ts";
import { emitBytes, emitPayload, emitStack } from "./bytes.ts";
import { emitCond } from "./conditions.ts";
import type { Value } from "./ir.ts";
import { surely } from "./lower.ts";
import type { LowerContext } from "./lower-context.ts";
import { type Lowered, lowerRead } from "./lower-read.ts";
import type { Capture } from "./record.ts";
import { emitValue, type Generator } from "./values.ts";

const FP = 10 satisfies Register;

/** Fills the record at r8: each value that is there, and its bit in the presence words. r9 is lost. */
export function emitCaptures(
  g: Generator,
  record: RecordLayout,
  captures: readonly Capture[],
  context: LowerContext,
): void {
  const { e } = g;
  for (let word = 0; word < record.presenceWords; word++) {
    e.emit(mov.imm(r9, 0));
    for (const capture of captures.slice(word * 64, word * 64 + 64)) {
      const absent = e.newLabel("absent");
      e.within(capture.slot.expr.span, () => emitCapture(g, capture, context, absent));
      const bit = BigInt(capture.slot.bit! % 64);
      if (bit < 31n) e.emit(alu.or.imm(r9, Number(1n << bit)));
      else {
        e.constant(r0, 1n << bit);
        e.emit(alu.or.reg(r9, r0));
      }
      e.place(absent);
    }
    e.emit(stx(8, r8, record.presence + word * 8, r9));
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
      return emitTuple(g, offset, context, absent);
  }
}

type Ip = Extract<Lowered, { shape: "ip" }>;

/** Writes an address in network order; `tagged`: with its family before it. */
function emitIp(g: Generator, { v4, v6 }: Ip, tagged: boolean, offset: number, absent: string): void {
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

/** Ports of whichever transport the packet has. */
const PORTS = ["tcp", "udp", "sctp"] as const;

function emitTuple(g: Generator, offset: number, { facts }: LowerContext, absent: string): void {
  const { e } = g;
  const { offsets } = TUPLE;
  const at = (member: string): number => offset + offsets[member]!;
  const read = (name: string): Lowered => {
    const field = findField(name)!;
    return lowerRead(field.read, field.type, facts)!;
  };
  const number = (name: string): Value => (read(name) as Extract<Lowered, { shape: "number" }>).value;
  e.withSlot(8, (has) => {
    emitValue(g, number("ip.version"), absent);
    for (let i = 0; i < TUPLE.size; i += 8) e.emit(st(8, r8, offset + i, 0));
    e.emit(stx(1, r8, at("version"), r0), st(8, FP, has, 0));
    const optional = (value: Value, store: () => void): void => {
      const missing = e.newLabel("missing");
      emitValue(g, value, missing);
      store();
      e.place(missing);
    };
    const note = (bit: number): void => e.emit(ldx(8, r1, FP, has), alu.or.imm(r1, bit), stx(8, FP, has, r1));
    optional(number("ip.proto"), () => {
      e.emit(stx(1, r8, at("proto"), r0));
      note(2);
    });
    for (const [field, member] of [
      ["ip.src", "src"],
      ["ip.dst", "dst"],
    ] as const) {
      const missing = e.newLabel("missing");
      emitIp(g, read(field) as Ip, false, at(member), missing);
      e.place(missing);
    }
    for (const end of ["sport", "dport"] as const) {
      const port: Value = { op: "first", of: PORTS.map((layer) => number(`${layer}.${end}`)) };
      optional(port, () => {
        e.emit(stx(2, r8, at(end), r0));
        note(1);
      });
    }
    e.emit(ldx(8, r1, FP, has), stx(1, r8, at("has"), r1));
  });
}
