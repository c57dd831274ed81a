import { alu, be16, be32, jump, ldx, mov, r0, r1, r2, r7, r8, r9 } from "../../bpf/index.ts";
import { type CbpfInsn, type CbpfProgram, CLASS, classOf, MODE, modeOf, sizeOf } from "../../pcap/cbpf.ts";
import { copy } from "../reader.ts";
import type { Generator } from "../values.ts";
import { bytewise } from "../view.ts";

type Size = 1 | 2 | 4;
const FP = 10;
/** Where a filter's code goes when it looks at bytes that are not there. */
export const REJECT = "reject";
/** The place of the first VLAN tag in an Ethernet frame. */
const TAG_START = 12;
const TAG_END = 16;

/** Most bytes of the frame's beginning, and at X, that are read at once where each read is a call. */
const HEAD_MOST = 64;
const INDEXED_MOST = 24;
const INDEXED = "bytes at X";
/** Stack left for single reads: two of eight bytes for the packet's length, and eight for rounding up. */
const SPARE = 24;

/**
 * The bytes a filter sees: the linear data from r9 on and, if the socket buffer carries a VLAN tag, that tag in its place.
 * All that is asked for beyond goes to `reject`. Results are in r0; r1 to r5 are lost. r8 is X.
 */
export class Frame {
  readonly #g: Generator;
  /** Stack slots: how many linear bytes there are; the tag, as a big-endian number. */
  readonly #limit: number;
  readonly #tag: number | undefined;
  /** Where bytes that are read before they are asked for lie on the stack, and which. */
  readonly #head: { readonly slot: number; readonly size: number } | undefined;
  readonly #indexed: { readonly slot: number; readonly start: number; readonly size: number } | undefined;
  /** Lengths that the linear data may be known to have. */
  readonly #ends: readonly number[];

  /** `start`: bytes that the linear data is known to have. */
  constructor(g: Generator, program: CbpfProgram, start: number, limit: number, tag: number | undefined) {
    this.#g = g;
    this.#limit = limit;
    this.#tag = tag;
    const fixed = program.filter(isFixed).map((insn) => this.#behindTag(insn.k + sizeOf(insn)));
    this.#ends = [start, ...fixed];
    g.e.learn(atLeast(start));
    if (g.reader.direct) return;
    this.#indexed = tag === undefined ? indexedWindow(g, program, g.e.stackLeft - SPARE) : undefined;
    const room = Math.min(HEAD_MOST, g.e.stackLeft - SPARE);
    const end = Math.max(...fixed.filter((one) => one <= room), 0);
    if (end > 0) this.#head = this.#readHead(end, start);
  }

  /** The number of `size` bytes at `k`. */
  load(k: number, size: Size): void {
    const { e } = this.#g;
    const end = k + size;
    if (this.#tag === undefined || end <= TAG_START) return this.#real(k, size);
    if (k >= TAG_END) return this.#real(k - 4, size);
    if (k < TAG_START || end > TAG_END) return this.#pieces(size, (i) => this.load(k + i, 1));
    e.emit(ldx(4, r0, FP, this.#tag), alu.rsh.imm(r0, 8 * (TAG_END - end)));
    if (size < 4) e.emit(alu.and.imm(r0, 256 ** size - 1));
  }

  /** The number of `size` bytes at X + `k`. */
  loadIndexed(k: number, size: Size): void {
    const { e } = this.#g;
    if (k > 0x7fff_fff0) return e.goto(REJECT);
    this.#index(k);
    e.emit(ldx(8, r1, FP, this.#limit), mov.reg(r2, r0), alu.add.imm(r2, size));
    if (this.#tag !== undefined) e.emit(alu.add.imm(r1, 4));
    e.emit(jump.gt.reg(r2, r1, REJECT));
    if (this.#tag !== undefined) return this.#indexedAroundTag(k, size, this.#tag);
    if (!this.#indexed) return this.#readAt(size);
    const { slot, start, size: all } = this.#indexed;
    if (k < start || k + size > start + all) return this.#readAt(size);
    if (!e.has(INDEXED)) {
      e.emit(mov.reg(r0, r8), alu.add.reg(r0, r9));
      copy(e, slot, start, all, REJECT);
      e.learn(INDEXED);
    }
    e.emit(...bytewise(size, FP, slot + k - start));
  }

  /** X is another. */
  moved(): void {
    this.#g.e.unlearn(INDEXED);
  }

  /** r0 = X + k */
  #index(k: number): void {
    this.#g.e.emit(mov.reg(r0, r8));
    if (k !== 0) this.#g.e.emit(alu.add.imm(r0, k));
  }

  #behindTag(end: number): number {
    return this.#tag !== undefined && end > TAG_END ? end - 4 : end;
  }

  /** The linear data, without the tag. */
  #real(k: number, size: Size): void {
    const { e } = this.#g;
    const end = k + size;
    if (end > 0x7fff_ffff) return e.goto(REJECT);
    if (!this.#ends.some((one) => one >= end && e.has(atLeast(one)))) {
      e.emit(ldx(8, r0, FP, this.#limit), jump.lt.imm(r0, end, REJECT));
      e.learn(atLeast(end));
    }
    if (this.#head && end <= this.#head.size) return e.emit(...bytewise(size, FP, this.#head.slot + k));
    e.emit(mov.reg(r0, r9));
    this.#read(k, size);
  }

  /** The number at r9 + r0. */
  #readAt(size: Size): void {
    this.#g.e.emit(alu.add.reg(r0, r9));
    this.#read(0, size);
  }
  #read(k: number, size: Size): void {
    const { e, reader } = this.#g;
    reader.number(e, k, size, REJECT);
    if (size > 1) e.emit(size === 2 ? be16(r0) : be32(r0));
  }

  /** Byte by byte, put together in r7: A, which is what is loaded here. */
  #pieces(size: Size, byte: (i: number) => void): void {
    const { e } = this.#g;
    e.emit(mov.imm(r7, 0));
    for (let i = 0; i < size; i++) {
      byte(i);
      e.emit(alu.lsh.imm(r7, 8), alu.or.reg(r7, r0));
    }
    e.emit(mov.reg(r0, r7));
  }

  #indexedAroundTag(k: number, size: Size, tag: number): void {
    const { e } = this.#g;
    const [behind, before, done] = [e.newLabel("behind_tag"), e.newLabel("before_tag"), e.newLabel("read")];
    e.emit(jump.ge.imm(r0, TAG_END, behind), jump.le.imm(r0, TAG_START - size, before));
    this.#pieces(size, (i) => {
      const [real, shifted, next] = [e.newLabel("real"), e.newLabel("shifted"), e.newLabel("next")];
      this.#index(k + i);
      e.emit(jump.lt.imm(r0, TAG_START, real), jump.ge.imm(r0, TAG_END, shifted));
      // The tag's byte of that place: shifted by 8 × (15 - place).
      e.emit(mov.imm(r1, TAG_END - 1), alu.sub.reg(r1, r0), alu.lsh.imm(r1, 3));
      e.emit(ldx(4, r0, FP, tag), alu.rsh.reg(r0, r1), alu.and.imm(r0, 0xff));
      e.goto(next);
      e.place(shifted);
      e.emit(alu.sub.imm(r0, 4));
      e.place(real);
      this.#readAt(1);
      e.place(next);
    });
    e.goto(done);
    e.place(behind);
    e.emit(alu.sub.imm(r0, 4));
    e.place(before);
    this.#readAt(size);
    e.place(done);
  }

  /**
   * Reads the beginning of the frame. It may be shorter: then what follows it in memory is read, too, and never used.
   * There is room for that: `struct skb_shared_info`, over 300 bytes, lies behind the linear data of every skb.
   */
  #readHead(size: number, start: number): { slot: number; size: number } {
    const { e } = this.#g;
    // An IP header behind 14 bytes of Ethernet is then aligned to 4.
    const shift = start === TAG_START + 2 ? 2 : 0;
    const slot = e.slot(size + shift) + shift;
    e.emit(mov.reg(r0, r9));
    copy(e, slot, 0, size, REJECT);
    return { slot, size };
  }
}

const atLeast = (bytes: number): string => `${bytes} linear bytes`;

const isFixed = (insn: CbpfInsn): boolean =>
  (classOf(insn) === CLASS.ld && modeOf(insn) === MODE.abs) ||
  (classOf(insn) === CLASS.ldx && modeOf(insn) === MODE.msh);

/** Loads at X lie near each other: the ports of one header. */
function indexedWindow(
  g: Generator,
  program: CbpfProgram,
  room: number,
): { slot: number; start: number; size: number } | undefined {
  const loads = program.filter((insn) => classOf(insn) === CLASS.ld && modeOf(insn) === MODE.ind);
  const start = Math.min(...loads.map(({ k }) => k));
  const near = loads.filter(({ k }) => k - start + 4 <= Math.min(INDEXED_MOST, room));
  if (near.length < 2) return undefined;
  const size = Math.max(...near.map((insn) => insn.k + sizeOf(insn))) - start;
  return { slot: g.e.slot(size), start, size };
}
