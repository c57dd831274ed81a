import {
  alu,
  call,
  constant as constantInsn,
  exit,
  fp,
  type Insn,
  type Item,
  ja,
  label as labelItem,
  ldx,
  mov,
  type Register,
  r6,
  stx,
} from "../bpf/index.ts";
import { EVENT, INNER } from "../layout.ts";
import type { Span } from "../source.ts";
import { StackExhausted } from "./problem.ts";

/** Where a function finds the members of `struct pwq_event`. */
export type Place = (member: string) => { readonly base: Register; readonly offset: number };

/** Where a function that is asked about tunnels keeps the view of the packet inside: the first of its stack. */
export const INNER_SLOT = -INNER.size;

const inEvent: Place = (member) =>
  isInner(member)
    ? { base: fp, offset: INNER_SLOT + INNER.offsets[ofView(member)]! }
    : { base: r6, offset: EVENT.offsets[member]! };

const isInner = (member: string): boolean => member.startsWith("inner.");
/** The name of a view's member, of either view. */
export const ofView = (member: string): string => member.replace(/^inner\./, "");

/**
 * Collects the instructions of one function: labels, stack slots, the span that instructions belong to, and which
 * values are known to be on the stack already (`have`), followed through forward jumps.
 * Registers by convention: r6 the event, r7 free, r8 the record while capturing, r9 flags; r0 results; r1 to r5 arguments.
 */
export class Emitter {
  readonly items: Item[] = [];
  /** Stack bytes this function may use. */
  readonly #limit: number;
  #depth = 0;
  #deepest = 0;
  #labels = 0;
  #span: Span | undefined;
  /** Keys of values that are on the stack on every way to here; undefined: no way leads here. */
  #have: ReadonlySet<string> | undefined = new Set();
  readonly #windows = new Map<string, number>();
  readonly #arriving = new Map<string, ReadonlySet<string>>();

  readonly #place: Place;

  constructor(stackLimit: number, place: Place = inEvent) {
    this.#limit = stackLimit;
    this.#place = place;
  }

  emit(...insns: readonly Insn[]): void {
    if (this.#have === undefined) return; // code that nothing reaches would be refused by the verifier
    for (const insn of insns) {
      if (insn.label !== undefined) this.#arrive(insn.label);
      this.items.push(this.#span && !insn.span ? { ...insn, span: this.#span } : insn);
    }
  }

  newLabel(hint: string): string {
    return `${hint}_${this.#labels++}`;
  }

  goto(label: string): void {
    this.emit(ja(label));
    this.#have = undefined;
  }

  place(label: string): void {
    const arriving = this.#arriving.get(label);
    if (arriving === undefined && this.#have === undefined) return;
    // A jump to the very next instruction does nothing.
    const last = this.items.at(-1);
    if (this.#have === undefined && last?.kind === "insn" && last.label === label && last.op === ja("").op)
      this.items.pop();
    this.#have = this.#have && arriving ? intersection(this.#have, arriving) : (this.#have ?? arriving);
    this.items.push(labelItem(label));
  }

  return(): void {
    this.emit(exit);
    this.#have = undefined;
  }

  get reachable(): boolean {
    return this.#have !== undefined;
  }

  has(key: string): boolean {
    return this.#have?.has(key) ?? false;
  }
  learn(key: string): void {
    if (this.#have) this.#have = new Set([...this.#have, key]);
  }
  /** One of them no longer holds. */
  unlearn(key: string): void {
    if (this.#have) this.#have = new Set([...this.#have].filter((known) => known !== key));
  }
  /** What lies on the stack no longer holds: another event, or a slot written over. */
  forget(): void {
    if (this.#have) this.#have = new Set();
  }

  #arrive(label: string): void {
    const have = this.#have!;
    const before = this.#arriving.get(label);
    this.#arriving.set(label, before ? intersection(before, have) : have);
  }

  /** Everything emitted by `body` belongs to that part of the query. */
  within<T>(span: Span | undefined, body: () => T): T {
    const outer = this.#span;
    if (span) this.#span = span;
    try {
      return body();
    } finally {
      this.#span = outer;
    }
  }

  /** Reserves stack for good; the offset from the frame pointer, negative, aligned to 8. */
  slot(size: number): number {
    this.#depth += Math.ceil(size / 8) * 8;
    this.#deepest = Math.max(this.#deepest, this.#depth);
    if (this.#depth > this.#limit) throw new StackExhausted();
    return -this.#depth;
  }

  /** Reserves stack while `body` emits. Slots reserved for good inside it stay, so the depth then stays too. */
  withSlot<T>(size: number, body: (offset: number) => T): T {
    const before = this.#depth;
    const offset = this.slot(size);
    const inside = this.#depth;
    const result = body(offset);
    if (this.#depth === inside) this.#depth = before;
    return result;
  }

  /** All stack that `body` reserves is free again afterwards. */
  scoped(body: () => void): void {
    const before = this.#depth;
    body();
    this.#depth = before;
  }

  /** The slot of a window, the same whenever it is asked for. */
  windowSlot(key: string, size: number): number {
    const slot = this.#windows.get(key) ?? this.slot(size);
    this.#windows.set(key, slot);
    return slot;
  }

  get stackLeft(): number {
    return this.#limit - this.#depth;
  }
  get stackUsed(): number {
    return this.#deepest;
  }

  /** dst = event.member */
  loadEvent(dst: Register, member: string): void {
    const { base, offset } = this.#place(member);
    this.emit(ldx(sizeOf(member), dst, base, offset));
  }
  /** event.member = src */
  storeEvent(member: string, src: Register): void {
    const { base, offset } = this.#place(member);
    this.emit(stx(sizeOf(member), base, offset, src));
  }
  /** dst = address of event.member */
  eventAddress(dst: Register, member: string): void {
    const { base, offset } = this.#place(member);
    this.emit(mov.reg(dst, base), alu.add.imm(dst, offset));
  }
  /** Where event.member is, for a load of another size. */
  whereIs(member: string): ReturnType<Place> {
    return this.#place(member);
  }
  /**
   * dst = 0, but unknown to the verifier. A set of bits that is collected on the way and tested later must start so and
   * grow by addition: known bits would make each way to have come here a state of its own, 2^bits of them to be verified.
   */
  opaqueZero(dst: Register, scratch: Register): void {
    this.loadEvent(dst, "skb");
    this.loadEvent(scratch, "skb");
    this.emit(alu.xor.reg(dst, scratch));
  }
  constant(dst: Register, value: bigint): void {
    this.emit(constantInsn(dst, value));
  }
  /** dst = fp + offset */
  address(dst: Register, offset: number): void {
    this.emit(mov.reg(dst, fp), alu.add.imm(dst, offset));
  }
  call(name: string): void {
    this.emit(call.local(name));
  }
}

/** Bytes of a scalar member of `struct pwq_event` or, with `inner.` before it, of `struct pwq_inner`. */
export function sizeOf(member: string): 1 | 2 | 4 | 8 {
  const layout = isInner(member) ? INNER : EVENT;
  const found = layout.members.find(([name]) => name === ofView(member));
  if (!found) throw new RangeError(`${layout.name} has no member ${member}`);
  return found[1];
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((key) => b.has(key)));
}
