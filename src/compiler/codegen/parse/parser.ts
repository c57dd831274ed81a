import {
  alu,
  be16,
  be32,
  call,
  HELPER,
  jump,
  ldx,
  mov,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r7,
  r9,
} from "../../bpf/index.ts";
import type { Emitter } from "../emitter.ts";
import type { Value } from "../ir.ts";
import { emitValue, type Generator } from "../values.ts";
import type { SkbMember } from "./members.ts";

/** Where parsing ends, whatever it has found by then. */
export const FINISH = "finish";
export const FP = 10 satisfies Register;
const VLAN_TYPES = [0x8100, 0x88a8] as const;

export type Copy = "l2bytes" | "l3bytes" | "l4bytes";
type Copies = Readonly<Partial<Record<Copy, { readonly base: Register; readonly offset: number }>>>;

/**
 * What all sections of `pwq_parse` do over and over. r7 is the offset reached, r8 the type or protocol found there,
 * r9 the `has` bits so far.
 */
export class Parser {
  readonly g: Generator;
  readonly #skb: Readonly<Partial<Record<SkbMember, Value | undefined>>>;
  readonly mac: number;
  readonly network: number;
  readonly next: number;

  /** Where copies of header bytes are kept; none where reads are direct. */
  readonly copies: Copies | undefined;

  constructor(g: Generator, skb: Readonly<Partial<Record<SkbMember, Value | undefined>>>, copies: Copies) {
    this.g = g;
    this.#skb = skb;
    this.copies = g.reader.direct ? undefined : copies;
    this.mac = g.e.slot(8);
    this.network = g.e.slot(8);
    this.next = g.e.slot(8);
  }

  get e(): Emitter {
    return this.g.e;
  }

  /** r0 = a member of the skb. */
  value(name: SkbMember, absent: string): void {
    const value = this.#skb[name];
    if (value) emitValue(this.g, value, absent);
    else this.e.goto(absent);
  }
  set(member: string, from: Register): void {
    this.e.storeEvent(member, from);
  }
  /** Each bit at most once on any way, since they are added. */
  have(bits: number): void {
    this.e.emit(alu.add.imm(r9, bits));
  }
  /** Goes to `otherwise` unless `bytes` bytes from r7 on are linear. */
  linear(bytes: number, otherwise: string): void {
    this.e.emit(mov.reg(r0, r7));
    if (bytes > 0) this.e.emit(alu.add.imm(r0, bytes));
    this.e.loadEvent(r1, "tail");
    this.e.emit(jump.gt.reg(r0, r1, otherwise));
  }
  /** r0 = the number at r7 + offset, in host order. */
  at(offset: number, size: 1 | 2 | 4): void {
    this.e.loadEvent(r0, "head");
    this.e.emit(alu.add.reg(r0, r7));
    this.g.reader.number(this.e, offset, size, FINISH);
    if (size > 1) this.e.emit(size === 2 ? be16(r0) : be32(r0));
  }
  /** Copies `size` header bytes from r7 on to where later reads find them; not where reads are direct. */
  keep(member: Copy, size: number): void {
    const copy = this.copies?.[member];
    if (!copy) return;
    this.e.loadEvent(r3, "head");
    this.e.emit(
      alu.add.reg(r3, r7),
      mov.reg(r1, copy.base),
      alu.add.imm(r1, copy.offset),
      mov.imm(r2, size),
      call.helper(HELPER.probe_read_kernel),
      jump.ne.imm(r0, 0, FINISH),
    );
  }
  /** r0 = the number at `offset` of the network header at r7, in host order: from the copy where there is one. */
  network16(offset: number, size: 1 | 2): void {
    const copy = this.copies?.l3bytes;
    if (!copy) return this.at(offset, size);
    this.e.emit(ldx(size, r0, copy.base, copy.offset + offset));
    if (size === 2) this.e.emit(be16(r0));
  }
  unlessVlan(register: Register, otherwise: string): void {
    const vlan = this.e.newLabel("vlan");
    for (const type of VLAN_TYPES) this.e.emit(jump.eq.imm(register, type, vlan));
    this.e.goto(otherwise);
    this.e.place(vlan);
  }
}
