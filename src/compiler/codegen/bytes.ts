import {
  alu,
  call,
  constant,
  HELPER,
  jump,
  ldx,
  mov,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r4,
  st,
  stx,
} from "../bpf/index.ts";
import { VIEW_HAS } from "../layout.ts";
import { emitCond } from "./conditions.ts";
import { HEADER } from "./header.ts";
import type { Bytes } from "./ir.ts";
import { emitValue, type Generator } from "./values.ts";
import { headerAddress, loadView, requireLinear, requireView } from "./view.ts";

/** Where bytes are copied to: the stack (r10) or the record (r8). */
export interface Target {
  readonly base: 8 | 10;
  readonly offset: number;
}

const at = (g: Generator, register: Register, { base, offset }: Target): void =>
  g.e.emit(mov.reg(register, base), alu.add.imm(register, offset));

/** Copies a run of bytes of fixed size to the target; jumps to `absent` if there is none. */
export function emitBytes(g: Generator, bytes: Bytes, target: Target, absent: string): void {
  const { e } = g;
  switch (bytes.op) {
    case "memory":
      emitValue(g, bytes.base, absent);
      if (bytes.base.op !== "event" || g.skbless) e.emit(jump.sge.imm(r0, 0, absent));
      return copyTo(g, bytes.offset, bytes.size, target, absent);
    case "cstring":
      emitValue(g, bytes.pointer, absent);
      e.emit(jump.sge.imm(r0, 0, absent), mov.reg(r3, r0));
      at(g, r1, target);
      return e.emit(
        mov.imm(r2, bytes.size),
        call.helper(HELPER.probe_read_kernel_str),
        jump.slt.imm(r0, 0, absent),
      );
    case "header": {
      const place = HEADER[bytes.layer as keyof typeof HEADER];
      requireView(g, place.has, absent, bytes.inner);
      const end = bytes.offset + bytes.size;
      if (end > place.least) requireLinear(g, place, end, absent, bytes.inner);
      headerAddress(e, place, bytes.inner);
      return copyTo(g, bytes.offset, bytes.size, target, absent);
    }
    case "comm":
      at(g, r1, target);
      return e.emit(
        mov.imm(r2, bytes.size),
        call.helper(HELPER.get_current_comm),
        jump.ne.imm(r0, 0, absent),
      );
    case "guard": {
      const holds = e.newLabel("holds");
      emitCond(g, bytes.condition, holds, absent, holds);
      e.place(holds);
      return emitBytes(g, bytes.bytes, target, absent);
    }
    case "first": {
      const done = e.newLabel("found");
      bytes.of.forEach((one, i) => {
        const last = i === bytes.of.length - 1;
        const next = last ? absent : e.newLabel("else");
        emitBytes(g, one, target, next);
        if (last) return;
        e.goto(done);
        e.place(next);
      });
      return e.place(done);
    }
    case "payload":
      throw new RangeError("payload has no fixed size");
  }
}

/** Copies `size` bytes at r0 + offset; two plain loads where that is all it takes, since a helper call costs more. */
function copyTo(g: Generator, offset: number, size: number, target: Target, absent: string): void {
  const { e, reader } = g;
  if (reader.direct && size === 16 && target.offset % 8 === 0) {
    return e.withSlot(8, (saved) => {
      e.emit(stx(8, 10, saved, r0));
      reader.number(e, offset, 8, absent);
      e.emit(stx(8, target.base, target.offset, r0), ldx(8, r0, 10, saved));
      reader.number(e, offset + 8, 8, absent);
      e.emit(stx(8, target.base, target.offset + 8, r0));
    });
  }
  e.emit(mov.reg(r3, r0));
  if (offset !== 0) e.emit(alu.add.imm(r3, offset));
  at(g, r1, target);
  e.emit(mov.imm(r2, size), call.helper(HELPER.probe_read_kernel), jump.ne.imm(r0, 0, absent));
}

/**
 * Copies up to `size` bytes of what follows the transport header, and their number (u32) before them.
 * Where that header ends: TCP's data offset, GRE's flags, else a fixed length; see view.md.
 */
export function emitPayload(g: Generator, size: number, target: Target, absent: string): void {
  const { e } = g;
  requireView(g, VIEW_HAS.l4, absent);
  e.withSlot(8, (start) => {
    // r0 = length of the transport header
    const known = e.newLabel("header");
    const other = (bit: number, length: number): void => {
      const next = e.newLabel("not");
      loadView(g);
      e.emit(constant(r1, bit), alu.and.reg(r1, r0), jump.eq.imm(r1, 0, next), mov.imm(r0, length));
      e.goto(known);
      e.place(next);
    };
    const notTcp = e.newLabel("not_tcp");
    emitValue(g, { op: "header", layer: "tcp", offset: 12, size: 1 }, notTcp);
    e.emit(alu.rsh.imm(r0, 2), alu.and.imm(r0, 0x3c));
    e.goto(known);
    e.place(notTcp);
    other(VIEW_HAS.udp | VIEW_HAS.icmp | VIEW_HAS.icmp6 | VIEW_HAS.esp, 8);
    other(VIEW_HAS.sctp, 12);
    const notGre = e.newLabel("not_gre");
    emitValue(g, { op: "header", layer: "gre", offset: 0, size: 1 }, notGre);
    // RFC 2890: checksum (0x80), key (0x20) and sequence number (0x10) take four bytes each.
    e.emit(mov.imm(r1, 4));
    for (const flag of [0x80, 0x20, 0x10]) {
      const without = e.newLabel("without");
      const withIt = e.newLabel("with");
      e.emit(jump.set.imm(r0, flag, withIt));
      e.goto(without);
      e.place(withIt);
      e.emit(alu.add.imm(r1, 4));
      e.place(without);
    }
    e.emit(mov.reg(r0, r1));
    e.goto(known);
    e.place(notGre);
    e.emit(mov.imm(r0, 0));
    e.place(known);

    e.loadEvent(r1, "l4");
    e.emit(alu.add.reg(r1, r0), stx(8, 10, start, r1));
    // r2 = min(size, tail - start)
    e.loadEvent(r2, "tail");
    e.emit(jump.gt.reg(r1, r2, absent), alu.sub.reg(r2, r1));
    const whole = e.newLabel("whole");
    e.emit(jump.le.imm(r2, size, whole), mov.imm(r2, size));
    e.place(whole);
    e.emit(stx(4, target.base, target.offset, r2));
    const done = e.newLabel("copied");
    e.emit(jump.eq.imm(r2, 0, done));
    e.loadEvent(r3, "head");
    e.emit(ldx(8, r0, 10, start), alu.add.reg(r3, r0));
    at(g, r1, { base: target.base, offset: target.offset + 4 });
    e.emit(call.helper(HELPER.probe_read_kernel), jump.ne.imm(r0, 0, absent));
    e.place(done);
  });
}

/** Up to `size` - 8 bytes of return addresses, and their length in bytes (u32) before them. */
export function emitStack(g: Generator, size: number, target: Target, absent: string): void {
  const { e } = g;
  e.loadEvent(r1, "ctx");
  at(g, r2, { base: target.base, offset: target.offset + 8 });
  e.emit(mov.imm(r3, size - 8), mov.imm(r4, 0), call.helper(HELPER.get_stack), jump.slt.imm(r0, 0, absent));
  e.emit(stx(4, target.base, target.offset, r0), st(4, target.base, target.offset + 4, 0));
}
