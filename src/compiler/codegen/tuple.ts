import { alu, jump, ldx, mov, type Register, r0, r1, r2, r3, r6, r8, st, stx } from "../bpf/index.ts";
import type { KernelFacts } from "../facts.ts";
import { findField } from "../fields/table.ts";
import { INNER, TUPLE, VIEW } from "../layout.ts";
import { emitIp, type Ip } from "./capture.ts";
import { Emitter, ofView } from "./emitter.ts";
import type { Value } from "./ir.ts";
import { type Lowered, lowerRead } from "./lower-read.ts";
import { Filters } from "./pcap/filters.ts";
import type { Reader } from "./reader.ts";
import type { Tables } from "./tables.ts";
import { emitValue, type Generator } from "./values.ts";
import { viewKey, viewMember } from "./view.ts";
import { Windows } from "./windows.ts";

const FP = 10 satisfies Register;
const STACK = 96;
/** The first slot of the frame. */
const SKB_SLOT = -8;

/** Ports of whichever transport the packet has. */
const PORTS = ["tcp", "udp", "sctp"] as const;

/**
 * Generates `pwq_tuple(view, tuple, skb)`: fills in a `struct pwq_tuple` (layout.ts) and returns 1, or 0 for a packet that
 * is not IP. The view must be parsed; `inner`: it is that of the packet inside a tunnel. A global function, as `pwq_parse` is: for the verifier this is the largest capture.
 */
export function generateTuple(facts: KernelFacts, reader: Reader, tables: Tables, inner: boolean): Emitter {
  const view = inner ? INNER : VIEW;
  const e = new Emitter(STACK, (member) =>
    member === "skb" ? { base: FP, offset: SKB_SLOT } : { base: r6, offset: view.offsets[ofView(member)]! },
  );
  if (e.slot(8) !== SKB_SLOT) throw new RangeError("the skb's slot comes first");
  const g: Generator = { e, reader, tables, windows: new Windows([], 0), filters: new Filters() };
  const absent = "absent";
  e.emit(jump.eq.imm(r1, 0, absent), jump.eq.imm(r2, 0, absent), mov.reg(r6, r1), mov.reg(r8, r2));
  e.storeEvent("skb", r3);
  e.learn(viewKey(inner));
  emitMembers(g, facts, inner, absent);
  e.emit(mov.imm(r0, 1));
  e.return();
  e.place(absent);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e;
}

function emitMembers(g: Generator, facts: KernelFacts, inner: boolean, absent: string): void {
  const { e } = g;
  const at = TUPLE.offsets as Readonly<
    Record<"version" | "proto" | "has" | "sport" | "dport" | "src" | "dst", number>
  >;
  const read = (name: string): Lowered => {
    const field = findField(viewMember(name, inner))!;
    return lowerRead(field.read, field.type, facts)!;
  };
  const number = (name: string): Value => (read(name) as Extract<Lowered, { shape: "number" }>).value;
  const has = e.slot(8);
  const note = (bit: number): void => e.emit(ldx(8, r1, FP, has), alu.or.imm(r1, bit), stx(8, FP, has, r1));
  const optional = (value: Value, store: () => void): void => {
    const missing = e.newLabel("missing");
    emitValue(g, value, missing);
    store();
    e.place(missing);
  };

  emitValue(g, number("ip.version"), absent);
  for (let i = 0; i < TUPLE.size; i += 8) e.emit(st(8, r8, i, 0));
  e.emit(stx(1, r8, at.version, r0));
  e.opaqueZero(r0, r1);
  e.emit(stx(8, FP, has, r0));
  optional(number("ip.proto"), () => {
    e.emit(stx(1, r8, at.proto, r0));
    note(2);
  });
  for (const end of ["src", "dst"] as const) {
    const missing = e.newLabel("missing");
    emitIp(g, read(`ip.${end}`) as Ip, false, at[end], missing);
    e.place(missing);
  }
  for (const end of ["sport", "dport"] as const) {
    optional({ op: "first", of: PORTS.map((layer) => number(`${layer}.${end}`)) }, () => {
      e.emit(stx(2, r8, at[end], r0));
      note(1);
    });
  }
  e.emit(ldx(8, r1, FP, has), stx(1, r8, at.has, r1));
}
