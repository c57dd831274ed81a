import {
  alu,
  be16,
  be32,
  be64,
  call,
  constant as constantInsn,
  type Insn,
  jump,
  ldx,
  type Register,
  r0,
  r1,
  r2,
  stx,
} from "../bpf/index.ts";
import { INNER, VIEW } from "../layout.ts";
import { type Emitter, INNER_SLOT } from "./emitter.ts";
import { HEADER, type HeaderPlace } from "./header.ts";
import type { Header } from "./ir.ts";
import type { Generator } from "./values.ts";

/** Reading the packet view, and by it the headers: of the packet itself, or (`inner`) of the one inside a tunnel. */

export const PARSE = "pwq_parse";
export const PARSE_INNER = "pwq_inner";
export const tupleFunction = (inner?: boolean): string => (inner ? "pwq_inner_tuple" : "pwq_tuple");

/** What an emitter calls a member of one of the views. */
export const viewMember = (name: string, inner?: boolean): string => (inner ? `inner.${name}` : name);
/** What the emitter has when a view is known to be there. */
export const viewKey = (inner?: boolean): string => viewMember("view", inner);

/** Jumps to `absent` unless one of `bits` is set. */
export function requireView(g: Generator, bits: number, absent: string, inner?: boolean): void {
  loadView(g, inner);
  g.e.emit(constantInsn(r1, BigInt(bits)), alu.and.reg(r1, r0), jump.eq.imm(r1, 0, absent));
}

/** r0 = the `has` bits; headers are parsed before, unless that is known to be done. */
export function loadView(g: Generator, inner?: boolean): void {
  const { e } = g;
  const has = viewMember("has", inner);
  e.loadEvent(r0, has);
  if (e.has(viewKey(inner))) return;
  const parsed = e.newLabel("parsed");
  e.emit(jump.ne.imm(r0, 0, parsed));
  if (inner) loadView(g);
  viewAddress(e, r1, inner);
  if (inner) viewAddress(e, r2);
  else e.loadEvent(r2, "skb");
  e.emit(call.local(inner ? PARSE_INNER : PARSE));
  e.loadEvent(r0, has);
  e.place(parsed);
  e.learn(viewKey(inner));
  if (inner) e.learn(viewKey());
}

export const viewAddress = (e: Emitter, to: Register, inner?: boolean): void =>
  e.eventAddress(to, viewMember((inner ? INNER : VIEW).members[0]![0], inner));

/** Says that the inner view is not parsed yet, and writes all of it, as a function that is given it demands. */
export function clearInner(e: Emitter): void {
  if (e.slot(INNER.size) !== INNER_SLOT) throw new RangeError("the inner view comes first");
  e.opaqueZero(r0, r1);
  for (let at = 0; at < INNER.size; at += 8) e.emit(stx(8, 10, INNER_SLOT + at, r0));
}

const SWAP = { 2: be16, 4: be32, 8: be64 } as const;

/** Header bytes as a number; the place of the layer is known to be linear up to `least`. */
export function emitHeader(g: Generator, header: Header, absent: string): void {
  const { e, reader } = g;
  const { inner } = header;
  const place = HEADER[header.layer as keyof typeof HEADER];
  requireView(g, place.has, absent, inner);
  const end = header.offset + header.size;
  if (end > place.least) requireLinear(g, place, end, absent, inner);
  const { copy } = place;
  if (!reader.direct && !inner && copy && end <= copy.size && end <= place.least) {
    const { base, offset } = e.whereIs(copy.member);
    return e.emit(...bytewise(header.size, base, offset + header.offset));
  }
  headerAddress(e, place, inner);
  reader.number(e, header.offset, header.size, absent);
  if (header.size > 1) e.emit(SWAP[header.size as 2 | 4 | 8](r0));
}

/**
 * r0 = the big-endian number at base + offset, r1 is lost. The copies of header bytes are aligned, their fields are not
 * always: then in parts that are.
 */
export function bytewise(size: 1 | 2 | 4 | 8, base: Register, offset: number): Insn[] {
  const unit = ([8, 4, 2, 1] as const).find((n) => n <= size && offset % n === 0)!;
  const part = (to: Register, at: number): Insn[] => [
    ldx(unit, to, base, offset + at),
    ...(unit > 1 ? [SWAP[unit as 2 | 4 | 8](to)] : []),
  ];
  const insns = part(r0, 0);
  for (let at = unit; at < size; at += unit)
    insns.push(alu.lsh.imm(r0, unit * 8), ...part(r1, at), alu.or.reg(r0, r1));
  return insns;
}

/** r0 = address of a header. */
export function headerAddress(e: Emitter, place: HeaderPlace, inner?: boolean): void {
  e.loadEvent(r0, viewMember("head", inner));
  e.loadEvent(r1, viewMember(place.at, inner));
  e.emit(alu.add.reg(r0, r1));
  addPlus(e, place, inner);
}

/** Jumps to `absent` unless `bytes` of the header lie before the end of the linear data. */
export function requireLinear(
  g: Generator,
  place: HeaderPlace,
  bytes: number,
  absent: string,
  inner?: boolean,
): void {
  const { e } = g;
  e.loadEvent(r0, viewMember(place.at, inner));
  addPlus(e, place, inner);
  e.emit(alu.add.imm(r0, bytes));
  e.loadEvent(r1, viewMember("tail", inner));
  e.emit(jump.gt.reg(r0, r1, absent));
}

/** r0 += the second offset of a header that has one. */
function addPlus(e: Emitter, { plus }: HeaderPlace, inner?: boolean): void {
  if (!plus) return;
  e.loadEvent(r1, viewMember(plus, inner));
  e.emit(alu.add.reg(r0, r1));
}
