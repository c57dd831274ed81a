import { alu, jump, ldx, mov, r0, r1, stx } from "../../bpf/index.ts";
import { VIEW_HAS } from "../../layout.ts";
import { FINISH, FP, type Parser } from "./parser.ts";

export function parseStart(p: Parser): void {
  p.value("head", FINISH);
  p.e.emit(jump.sge.imm(r0, 0, FINISH));
  p.set("head", r0);
  p.value("tail", FINISH);
  p.set("tail", r0);
  p.value("mac", FINISH);
  p.e.emit(stx(8, FP, p.mac, r0));
  p.value("network", FINISH);
  p.e.emit(stx(8, FP, p.network, r0));
}

export function parseVlanTag(p: Parser): void {
  const untagged = "untagged";
  p.value("tagged", untagged);
  p.e.emit(jump.eq.imm(r0, 0, untagged));
  p.value("tci", untagged);
  p.set("tci", r0);
  p.have(VIEW_HAS.tci | VIEW_HAS.tagged);
  p.e.place(untagged);
}

export function parseSocket(p: Parser): void {
  const { e } = p;
  const written = "written";
  const unwritten = "unwritten";
  e.emit(ldx(8, r0, FP, p.mac), jump.ne.imm(r0, 0xffff, written));
  e.emit(ldx(8, r0, FP, p.network), jump.eq.imm(r0, 0, unwritten));
  p.value("route", written);
  e.emit(jump.ne.imm(r0, 0, written));
  e.place(unwritten);

  const [four, six, proto, known] = ["sock4", "sock6", "sock_proto", "sock_known"] as const;
  const inet6 = "sock_inet6";
  p.value("family", written);
  e.emit(jump.eq.imm(r0, 2, four), jump.ne.imm(r0, 10, written));
  e.place(inet6);
  p.value("addressHigh", written);
  e.emit(jump.ne.imm(r0, 0, six));
  p.value("addressLow", written);
  // ::ffff:a.b.c.d is IPv4; :: has no peer yet, so the family is open.
  e.emit(jump.eq.imm(r0, 0, written), alu.rsh.imm(r0, 32), jump.eq.imm(r0, 0xffff, four));
  e.place(six);
  p.have(VIEW_HAS.sock6);
  e.goto(proto);
  e.place(four);
  p.have(VIEW_HAS.sock4);
  e.place(proto);
  p.value("state", FINISH);
  e.emit(mov.reg(r1, r0), mov.imm(r0, 6), jump.eq.imm(r1, 6, known), jump.eq.imm(r1, 12, known));
  p.value("protocolOfSocket", FINISH);
  e.emit(jump.ge.imm(r0, 255, FINISH));
  e.place(known);
  p.set("proto", r0);
  p.have(VIEW_HAS.proto);
  e.goto(FINISH);
  e.place(written);
}
