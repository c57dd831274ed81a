import { alu, call, HELPER, jump, mov, r0, r1, r2, r3, r7, r8, r9 } from "../../bpf/index.ts";
import { VIEW_HAS } from "../../layout.ts";
import { HEADER, TRANSPORTS } from "../header.ts";
import { FINISH, type Parser } from "./parser.ts";

export function parseTransport(p: Parser): void {
  const { e } = p;
  e.place("transport");
  p.set("l4", r7);
  p.have(VIEW_HAS.l4);
  e.loadEvent(r8, "proto");
  keepTransport(p);
  for (const { layer, proto, family } of TRANSPORTS) {
    const next = e.newLabel("not");
    e.emit(jump.ne.imm(r8, proto, next));
    if (family) {
      const right = e.newLabel("family");
      e.emit(jump.set.imm(r9, VIEW_HAS[family], right));
      e.goto(FINISH);
      e.place(right);
    }
    p.linear(HEADER[layer].least, FINISH);
    p.have(HEADER[layer].has);
    e.goto(FINISH);
    e.place(next);
  }
}

/** Copies as many bytes of the transport header as are linear, 24 at most. */
function keepTransport(p: Parser): void {
  const copy = p.copies?.l4bytes;
  if (!copy) return;
  const { e } = p;
  const [enough, none] = [e.newLabel("enough"), e.newLabel("none")];
  e.loadEvent(r2, "tail");
  e.emit(jump.ge.reg(r7, r2, none), alu.sub.reg(r2, r7), jump.le.imm(r2, 24, enough), mov.imm(r2, 24));
  e.place(enough);
  e.loadEvent(r3, "head");
  e.emit(alu.add.reg(r3, r7), mov.reg(r1, copy.base), alu.add.imm(r1, copy.offset));
  e.emit(call.helper(HELPER.probe_read_kernel), jump.ne.imm(r0, 0, FINISH));
  e.place(none);
}
