import { alu, be16, jump, ldx, mov, r0, r1, r2, r7, r8, r9, stx } from "../../bpf/index.ts";
import { VIEW_HAS } from "../../layout.ts";
import { FINISH, FP, type Parser } from "./parser.ts";

export function parseIpv4(p: Parser): void {
  const { e } = p;
  e.place("ipv4");
  p.linear(20, FINISH);
  p.keep("l3bytes", 20);
  p.network16(0, 1);
  e.emit(mov.reg(r8, r0), alu.rsh.imm(r0, 4), jump.ne.imm(r0, 4, FINISH));
  // r8 = header length in bytes
  e.emit(alu.and.imm(r8, 0xf), alu.lsh.imm(r8, 2), jump.lt.imm(r8, 20, FINISH));
  e.emit(mov.reg(r0, r7), alu.add.reg(r0, r8));
  e.loadEvent(r1, "tail");
  e.emit(jump.gt.reg(r0, r1, FINISH));
  p.network16(9, 1);
  p.set("proto", r0);
  p.have(VIEW_HAS.ip4 | VIEW_HAS.proto);
  const noLength = e.newLabel("no_length");
  p.network16(2, 2);
  e.emit(jump.lt.reg(r0, r8, noLength), alu.sub.reg(r0, r8));
  p.set("payload", r0);
  p.have(VIEW_HAS.payload);
  e.place(noLength);
  p.network16(6, 2);
  e.emit(alu.and.imm(r0, 0x1fff), alu.lsh.imm(r0, 3));
  p.set("fragoff", r0);
  e.emit(jump.ne.imm(r0, 0, FINISH), alu.add.reg(r7, r8));
  e.goto("transport");
}

/** IPv6 extension headers (RFC 8200, RFC 6275, RFC 7401, RFC 5533). */
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const EXTENSIONS = [0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140] as const;
const EXTENSIONS_MOST = 6;

export function parseIpv6(p: Parser): void {
  const { e } = p;
  e.place("ipv6");
  p.linear(40, FINISH);
  p.keep("l3bytes", 40);
  p.network16(0, 1);
  e.emit(alu.rsh.imm(r0, 4), jump.ne.imm(r0, 6, FINISH));
  p.have(VIEW_HAS.ip6);
  e.emit(mov.imm(r0, 0));
  p.set("fragoff", r0);
  p.network16(6, 1);
  e.emit(mov.reg(r8, r0), alu.add.imm(r7, 40));

  const [end, laterFragment] = ["no_extension", "later_fragment"] as const;
  for (let header = 0; header <= EXTENSIONS_MOST; header++) {
    const extension = e.newLabel("extension");
    const more = e.newLabel("more");
    for (const number of EXTENSIONS) e.emit(jump.eq.imm(r8, number, extension));
    e.goto(end);
    e.place(extension);
    if (header === EXTENSIONS_MOST) {
      e.goto(FINISH);
      break;
    }
    p.linear(8, FINISH);
    p.at(0, 1);
    e.emit(stx(8, FP, p.next, r0));
    const [fragment, plain] = [e.newLabel("fragment"), e.newLabel("plain")];
    e.emit(jump.eq.imm(r8, FRAGMENT, fragment));
    p.at(1, 1);
    e.emit(
      jump.ne.imm(r8, AUTHENTICATION, plain),
      alu.add.imm(r0, 2),
      alu.lsh.imm(r0, 2),
      alu.add.reg(r7, r0),
    );
    e.goto(more);
    e.place(plain);
    e.emit(alu.add.imm(r0, 1), alu.lsh.imm(r0, 3), alu.add.reg(r7, r0));
    e.goto(more);
    e.place(fragment);
    e.loadEvent(r1, "l3");
    e.emit(mov.reg(r0, r7), alu.sub.reg(r0, r1));
    p.set("frag6", r0);
    const again = e.newLabel("again");
    e.emit(jump.set.imm(r9, VIEW_HAS.frag6, again));
    p.have(VIEW_HAS.frag6);
    e.place(again);
    p.at(2, 2);
    e.emit(alu.and.imm(r0, 0xfff8));
    p.set("fragoff", r0);
    e.emit(alu.add.imm(r7, 8), ldx(8, r8, FP, p.next), jump.ne.imm(r0, 0, laterFragment));
    e.place(more);
    e.emit(ldx(8, r8, FP, p.next));
  }
  for (const label of [laterFragment, end]) {
    const noLength = e.newLabel("no_length");
    e.place(label);
    p.set("proto", r8);
    p.have(VIEW_HAS.proto);
    // payload = 40 + payload length - (r7 - l3)
    e.loadEvent(r1, "l3");
    e.emit(mov.reg(r2, r7), alu.sub.reg(r2, r1), alu.sub.imm(r2, 40), stx(8, FP, p.next, r2));
    emitIpv6Length(p);
    e.emit(
      ldx(8, r2, FP, p.next),
      jump.eq.imm(r0, 0, noLength),
      jump.lt.reg(r0, r2, noLength),
      alu.sub.reg(r0, r2),
    );
    p.set("payload", r0);
    p.have(VIEW_HAS.payload);
    e.place(noLength);
    if (label === laterFragment) e.goto(FINISH);
  }
}

/** r0 = the payload length word of the IPv6 header, whose offset is event.l3 by now, not r7. */
function emitIpv6Length(p: Parser): void {
  const { e } = p;
  const copy = p.copies?.l3bytes;
  if (copy) return e.emit(ldx(2, r0, copy.base, copy.offset + 4), be16(r0));
  e.loadEvent(r0, "head");
  e.loadEvent(r1, "l3");
  e.emit(alu.add.reg(r0, r1));
  p.g.reader.number(e, 4, 2, FINISH);
  e.emit(be16(r0));
}
