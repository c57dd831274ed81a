import { alu, jump, mov, r0, r1, r7, r8, r9 } from "../../bpf/index.ts";
import type { KernelFacts } from "../../facts.ts";
import { emitCond } from "../conditions.ts";
import { Emitter } from "../emitter.ts";
import { type Cond, FALSE, type Load, load, NETWORK, or, SKB, TRUE, type Value } from "../ir.ts";
import { skbMembers } from "../parse/members.ts";
import { Filters } from "../pcap/filters.ts";
import { StackExhausted } from "../problem.ts";
import type { Reader } from "../reader.ts";
import type { Tables } from "../tables.ts";
import { emitValue, type Generator } from "../values.ts";
import { Windows, walk } from "../windows.ts";
import { ordinary, type Shape, withoutHeaders } from "./ordinary.ts";

/**
 * `pwq_select(skb)`: 0 if no query's `where` is true for this packet now, which is so for most packets that are traced:
 * a few loads at fixed places, before anything is prepared for an event. Anything but an ordinary packet gives 1, and
 * the queries themselves decide.
 *
 * Registers: r7 the network header's address, r8 the skb's type and offsets, r9 the network header's offset.
 */
export const SELECT = "pwq_select";

const STACK = 128;
/** Of that, what members that are read together may take. */
const WINDOWS = 96;
const SKB_SLOT = -8;

/** What `pwq_select` tests. */
export interface Selection {
  /** Needs no header. */
  readonly first: Cond;
  readonly shapes: Readonly<Record<Shape, { readonly condition: Cond; readonly reach: number }>>;
  /** Whether a header is needed to tell. */
  readonly headers: boolean;
}

/** undefined: it would never say no, as for queries without `where`. */
export function selection(wheres: readonly (Cond | undefined)[]): Selection | undefined {
  const where = or(...wheres.map((cond) => cond ?? TRUE));
  const first = withoutHeaders(where);
  const rest = beyond(where);
  const shapes = { ip4: ordinary(rest, "ip4"), ip6: ordinary(rest, "ip6") };
  const headers = Object.values(shapes).some(({ condition }) => condition !== TRUE);
  return first === TRUE && !headers ? undefined : { first, shapes, headers };
}

/** The condition without those of its parts that need no header: they have been tested by then. */
function beyond(where: Cond): Cond {
  if (where.op !== "and") return touchesHeaders(where) ? where : TRUE;
  const of = where.of.filter(touchesHeaders);
  return of.length === 0 ? TRUE : of.length === 1 ? of[0]! : { op: "and", of };
}

function touchesHeaders(cond: Cond): boolean {
  let touches = false;
  walk(cond, ({ op }) => {
    touches ||= op === "has" || op === "view" || op === "header" || op === "payload" || op === "pcap";
  });
  return touches;
}

const MAYBE = "maybe";
const NO = "no";

export function generateSelect(
  facts: KernelFacts,
  reader: Reader,
  tables: Tables,
  tests: Selection | undefined,
): Emitter {
  const attempts = [
    () => emitSelect(facts, reader, tables, tests, WINDOWS),
    // Reading members one by one costs time; having no room for them would cost the query.
    () => emitSelect(facts, reader, tables, tests, 0),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof StackExhausted)) throw error;
    }
  }
  return emitSelect(facts, reader, tables, undefined, 0);
}

function emitSelect(
  facts: KernelFacts,
  reader: Reader,
  tables: Tables,
  tests: Selection | undefined,
  budget: number,
): Emitter {
  const e = new Emitter(STACK, (member) => {
    if (member !== "skb") throw new RangeError(`pwq_select has no ${member}`);
    return { base: 10, offset: SKB_SLOT };
  });
  const headers = tests?.headers ? headerMembers(facts) : undefined;
  const roots = tests
    ? [tests.first, tests.shapes.ip4.condition, tests.shapes.ip6.condition, ...(headers?.all ?? [])]
    : [];
  const g: Generator = { e, reader, tables, windows: new Windows(roots, budget), filters: new Filters() };
  if (e.slot(8) !== SKB_SLOT) throw new RangeError("the skb's slot comes first");
  if (tests) {
    e.storeEvent("skb", r1);
    const on = e.newLabel("first");
    emitCond(g, tests.first, on, NO, on);
    e.place(on);
    if (headers) emitHeaders(g, headers, tests.shapes);
  }
  e.place(MAYBE);
  e.emit(mov.imm(r0, 1));
  e.return();
  e.place(NO);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e;
}

type HeaderMembers = ReturnType<typeof headerMembers>;

/** `protocol`, `network_header` and `mac_header` lie in one word with `transport_header` in every kernel so far. */
function headerMembers(facts: KernelFacts) {
  const { protocol, network, mac, route, tail, head } = skbMembers(facts);
  const at = (value: Value | undefined): number => loadOf(value)?.offset ?? Number.NaN;
  const word = at(protocol);
  if (at(network) !== word + 4 || at(mac) !== word + 6 || !route || !tail || !head) return undefined;
  const parts = {
    protocol: load(SKB, word, 2),
    network: load(SKB, word + 4, 2),
    mac: load(SKB, word + 6, 2),
  };
  const all: Value[] = [...Object.values(parts), route, tail, head, load(NETWORK, 0, 8)];
  return { word: load(SKB, word, 8), ...parts, route, tail, head, all };
}

function loadOf(value: Value | undefined): Load | undefined {
  return value?.op === "swap" ? loadOf(value.value) : value?.op === "load" ? value : undefined;
}

/** ETH_P_IP and ETH_P_IPV6 as they lie in memory, read as a little-endian number. */
const TYPE: Readonly<Record<Shape, number>> = { ip4: 0x0008, ip6: 0xdd86 };
/** Version 4 and five words; any other length of the header is not ordinary. */
const IP4_START = 0x45;
/** Fragment offset in the bytes 6 and 7 of the IPv4 header, read as above. */
const IP4_FRAGMENT = 0xff1f;
/** Next headers of IPv6 that are transports: TCP, UDP, ICMPv6, SCTP. */
const IP6_TRANSPORTS = [6, 17, 58, 132] as const;

function emitHeaders(g: Generator, skb: NonNullable<HeaderMembers>, shapes: Selection["shapes"]): void {
  const { e } = g;
  const written = e.newLabel("written");
  const ip6 = e.newLabel("ip6");
  emitOffsets(g, skb);
  e.emit(jump.eq.imm(r9, 0, MAYBE), jump.ne.imm(r0, 0xffff, written));
  // Without a link header the packet may be on its way out, its network header announced but not written yet; see view.md.
  emitValue(g, skb.route, MAYBE);
  e.emit(jump.eq.imm(r0, 0, MAYBE));
  e.place(written);
  emitValue(g, skb.head, MAYBE);
  e.emit(jump.sge.imm(r0, 0, MAYBE), mov.reg(r7, r0), alu.add.reg(r7, r9));
  e.emit(jump.eq.imm(r8, TYPE.ip6, ip6), jump.ne.imm(r8, TYPE.ip4, MAYBE));
  const start = load(NETWORK, 0, 8);

  emitShape(g, skb, shapes.ip4, () => {
    emitValue(g, start, MAYBE);
    e.emit(mov.reg(r1, r0), alu.and.imm(r1, 0xff), jump.ne.imm(r1, IP4_START, MAYBE));
    e.emit(alu.rsh.imm(r0, 48), alu.and.imm(r0, IP4_FRAGMENT), jump.ne.imm(r0, 0, MAYBE));
  });
  e.place(ip6);
  emitShape(g, skb, shapes.ip6, () => {
    const transport = e.newLabel("transport");
    emitValue(g, start, MAYBE);
    e.emit(mov.reg(r1, r0), alu.rsh.imm(r1, 4), alu.and.imm(r1, 0xf), jump.ne.imm(r1, 6, MAYBE));
    e.emit(alu.rsh.imm(r0, 48), alu.and.imm(r0, 0xff));
    for (const proto of IP6_TRANSPORTS) e.emit(jump.eq.imm(r0, proto, transport));
    e.goto(MAYBE);
    e.place(transport);
  });
}

/** r8 = protocol, r9 = network header, r0 = link header: one load where loads are direct, one window else. */
function emitOffsets(g: Generator, skb: NonNullable<HeaderMembers>): void {
  const { e } = g;
  if (g.reader.direct) {
    emitValue(g, skb.word, MAYBE);
    e.emit(
      mov.reg(r8, r0),
      mov.reg(r9, r0),
      alu.and.imm(r8, 0xffff),
      alu.rsh.imm(r9, 32),
      alu.and.imm(r9, 0xffff),
    );
    return e.emit(alu.rsh.imm(r0, 48));
  }
  emitValue(g, skb.protocol, MAYBE);
  e.emit(mov.reg(r8, r0));
  emitValue(g, skb.network, MAYBE);
  e.emit(mov.reg(r9, r0));
  emitValue(g, skb.mac, MAYBE);
}

/** Leaves for MAYBE or NO. */
function emitShape(
  g: Generator,
  skb: NonNullable<HeaderMembers>,
  { condition, reach }: { readonly condition: Cond; readonly reach: number },
  check: () => void,
): void {
  const { e } = g;
  if (condition === TRUE) return e.goto(MAYBE);
  emitValue(g, skb.tail, MAYBE);
  e.emit(mov.reg(r1, r9), alu.add.imm(r1, reach), jump.gt.reg(r1, r0, MAYBE));
  check();
  if (condition === FALSE) return e.goto(NO);
  emitCond(g, condition, MAYBE, NO, NO);
  e.goto(NO);
}
