import { alu, jump, ldx, mov, r0, r1, r2, r3, r6, r7, r8, r9, stx } from "../../bpf/index.ts";
import { INNER, TUNNEL_KIND, VIEW, VIEW_HAS } from "../../layout.ts";
import { Emitter, ofView } from "../emitter.ts";
import { Filters } from "../pcap/filters.ts";
import type { Reader } from "../reader.ts";
import type { Tables } from "../tables.ts";
import { Windows } from "../windows.ts";
import { parseIpv4, parseIpv6 } from "./ip.ts";
import { enterNetwork, walkFrame } from "./link.ts";
import { FINISH, FP, Parser } from "./parser.ts";
import { parseTransport } from "./transport.ts";

const STACK = 128;

/** VXLAN: IANA's port (RFC 7348), and Linux's own default, which is older and still in use. */
const VXLAN_PORTS = [4789, 8472] as const;
/** RFC 8926. */
const GENEVE_PORT = 6081;
/** IANA protocol numbers. */
const PROTO = { ipip: 4, udp: 17, ipv6: 41, gre: 47 } as const;
const ETHERTYPE = { ip: 0x0800, ipv6: 0x86dd, bridging: 0x6558 } as const;

/** Where the payload of a tunnel goes on. */
const FRAME = "inner_frame";
const PACKET = "inner_packet";

/**
 * Generates `pwq_inner(inner, view)`: finds the headers of the packet inside a tunnel by the rules of view.md, "Inside a
 * tunnel". The outer view must be parsed. Registers as in `pwq_parse`.
 */
export function generateInner(reader: Reader, tables: Tables): Emitter {
  const e = new Emitter(STACK, (member) => ({ base: r6, offset: INNER.offsets[ofView(member)]! }));
  const l3bytes = { base: FP, offset: e.slot(40) } as const;
  const windows = new Windows([], 0);
  const p = new Parser({ e, reader, windows, tables, filters: new Filters() }, {}, { l3bytes });
  const nothing = "nothing";
  const outer = (to: typeof r0 | typeof r7 | typeof r8 | typeof r9, member: string): void =>
    e.emit(ldx(VIEW.members.find(([name]) => name === member)![1], to, r3, VIEW.offsets[member]!));

  e.emit(jump.eq.imm(r1, 0, nothing), jump.eq.imm(r2, 0, nothing), mov.reg(r6, r1), mov.reg(r3, r2));
  // 0, but not to the verifier: see Emitter.opaqueZero.
  outer(r9, "head");
  outer(r0, "head");
  p.set("head", r0);
  e.emit(alu.xor.reg(r9, r0), alu.add.imm(r9, VIEW_HAS.parsed));
  outer(r0, "tail");
  p.set("tail", r0);
  outer(r7, "l4");
  outer(r8, "proto");
  outer(r0, "has");
  e.emit(stx(8, FP, p.next, r0));
  // A transport header begins at l4, and all of the outer header that there must be is linear.
  e.emit(jump.set.imm(r0, VIEW_HAS.l4, "outer"));
  e.goto(FINISH);
  e.place("outer");
  e.emit(jump.eq.imm(r8, PROTO.udp, "udp"), jump.eq.imm(r8, PROTO.gre, "gre"));
  parseIpInIp(p);
  parseUdp(p);
  parseGre(p);

  e.place(FRAME);
  p.linear(14, FINISH);
  walkFrame(p);
  e.place(PACKET);
  enterNetwork(p);
  parseIpv4(p);
  parseIpv6(p);
  parseTransport(p);
  e.place(FINISH);
  e.storeEvent("has", r9);
  e.place(nothing);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e;
}

function kind(p: Parser, name: keyof typeof TUNNEL_KIND): void {
  p.e.emit(mov.imm(r0, TUNNEL_KIND[name]));
  p.set("inner.kind", r0);
  p.have(VIEW_HAS.tunnel);
}

/** IPv4 and IPv6 in either. */
function parseIpInIp(p: Parser): void {
  const { e } = p;
  for (const [proto, type, in4, in6] of [
    [PROTO.ipip, ETHERTYPE.ip, "IPIP", "IPIP6"],
    [PROTO.ipv6, ETHERTYPE.ipv6, "SIT", "IP6IP6"],
  ] as const) {
    const [next, six] = [e.newLabel("not"), e.newLabel("in_ipv6")];
    e.emit(jump.ne.imm(r8, proto, next), mov.imm(r8, type));
    e.emit(ldx(8, r0, FP, p.next), jump.set.imm(r0, VIEW_HAS.ip6, six));
    kind(p, in4);
    e.goto(PACKET);
    e.place(six);
    kind(p, in6);
    e.goto(PACKET);
    e.place(next);
  }
  e.goto(FINISH);
}

/** VXLAN and Geneve, told by the destination port. */
function parseUdp(p: Parser): void {
  const { e } = p;
  const [vxlan, geneve] = ["vxlan", "geneve"] as const;
  e.place("udp");
  p.linear(16, FINISH);
  p.at(2, 2);
  for (const port of VXLAN_PORTS) e.emit(jump.eq.imm(r0, port, vxlan));
  e.emit(jump.eq.imm(r0, GENEVE_PORT, geneve));
  e.goto(FINISH);

  e.place(vxlan);
  // The flag that says there is a VNI; Linux takes no packet without it.
  p.at(8, 1);
  e.emit(jump.set.imm(r0, 0x08, "vxlan_vni"));
  e.goto(FINISH);
  e.place("vxlan_vni");
  kind(p, "VXLAN");
  vni(p);
  e.emit(alu.add.imm(r7, 16));
  e.goto(FRAME);

  e.place(geneve);
  // Version 0 in the upper two bits, then the options' length in words.
  p.at(8, 1);
  e.emit(jump.gt.imm(r0, 0x3f, FINISH), alu.lsh.imm(r0, 2), stx(8, FP, p.next, r0));
  kind(p, "GENEVE");
  vni(p);
  p.at(10, 2);
  e.emit(mov.reg(r8, r0), ldx(8, r0, FP, p.next), alu.add.reg(r7, r0), alu.add.imm(r7, 16));
  payload(p);
}

/** VXLAN and Geneve have it at the same place: the upper three bytes of their second word. */
function vni(p: Parser): void {
  p.at(12, 4);
  p.e.emit(alu.rsh.imm(r0, 8));
  p.set("inner.vni", r0);
  p.have(VIEW_HAS.vni);
}

/** RFC 2784, RFC 2890; the routing of RFC 1701 is not gone through. */
function parseGre(p: Parser): void {
  const { e } = p;
  e.place("gre");
  p.linear(4, FINISH);
  p.at(0, 2);
  e.emit(mov.reg(r8, r0), alu.and.imm(r0, 7), jump.ne.imm(r0, 0, FINISH));
  kind(p, "GRE");
  e.emit(jump.set.imm(r8, 0x4000, FINISH));
  // Checksum, key and sequence number.
  e.emit(mov.imm(r0, 4), stx(8, FP, p.next, r0));
  for (const flag of [0x8000, 0x2000, 0x1000]) {
    const [there, next] = [e.newLabel("there"), e.newLabel("next")];
    e.emit(jump.set.imm(r8, flag, there));
    e.goto(next);
    e.place(there);
    e.emit(ldx(8, r0, FP, p.next), alu.add.imm(r0, 4), stx(8, FP, p.next, r0));
    e.place(next);
  }
  p.at(2, 2);
  e.emit(mov.reg(r8, r0), ldx(8, r0, FP, p.next), alu.add.reg(r7, r0));
  payload(p);
}

/** What begins at r7 is of the type in r8: a frame, or a packet. */
function payload(p: Parser): void {
  p.e.emit(jump.eq.imm(r8, ETHERTYPE.bridging, FRAME));
  p.e.goto(PACKET);
}
