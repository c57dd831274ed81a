import { alu, jump, ldx, mov, r0, r1, r2, r6, r9, stx } from "../../bpf/index.ts";
import type { KernelFacts } from "../../facts.ts";
import { INNER, VIEW_HAS } from "../../layout.ts";
import type { CbpfProgram } from "../../pcap/cbpf.ts";
import type { PcapFilter } from "../../pcap/filter.ts";
import { Emitter } from "../emitter.ts";
import type { Value } from "../ir.ts";
import { lowerRead } from "../lower-read.ts";
import { FilterTooLong } from "../problem.ts";
import type { Reader } from "../reader.ts";
import type { Tables } from "../tables.ts";
import { emitValue, type Generator } from "../values.ts";
import { Windows } from "../windows.ts";
import { Filters } from "./filters.ts";
import { Frame, REJECT } from "./frame.ts";
import { ACCEPT, translate } from "./translate.ts";

/** What a filter's function returns. `none`: it cannot be asked, for the packet has neither header yet. */
export const VERDICT = { reject: 0, accept: 1, none: 2 } as const;

/** As `pwq_parse`, in whose place it is called. */
const STACK = 128;
const SKB_SLOT = -8;
const FP = 10;

/** Jumps reach 32,767 instructions; the longest are those to the end. */
const MOST = 32_000;

/**
 * Generates `pwq_pcap_N(view, skb)` for one filter; the view, of the packet or of the one inside it, must be parsed. The program for Ethernet frames runs where
 * the view has an Ethernet header, that for IP packets where it has only an IP header. A global function, as `pwq_parse` is.
 * `ofFrames`: in the skb's place comes the frame of an XDP program, which carries no tag beside it.
 * r6 is the view, r7 A, r8 X, r9 the address of the frame's first byte.
 */
export function generateFilter(
  filter: PcapFilter,
  facts: KernelFacts,
  reader: Reader,
  tables: Tables,
  ofFrames = false,
): Emitter {
  const e = new Emitter(STACK, (member) =>
    member === "skb" ? { base: FP, offset: SKB_SLOT } : { base: r6, offset: INNER.offsets[member]! },
  );
  if (e.slot(8) !== SKB_SLOT) throw new RangeError("the skb's slot comes first");
  const g: Generator = { e, reader, tables, windows: new Windows([], 0), filters: new Filters() };
  const none = "none";
  e.emit(jump.eq.imm(r1, 0, none), mov.reg(r6, r1));
  e.storeEvent("skb", r2);
  e.loadEvent(r0, "has");
  const [ethernet, ip] = ["ethernet", "ip"];
  e.emit(jump.set.imm(r0, VIEW_HAS.eth, ethernet));
  if (filter.raw) e.emit(jump.set.imm(r0, VIEW_HAS.ip4 | VIEW_HAS.ip6, ip));
  e.goto(none);

  const limit = e.slot(8);
  const tag = filter.tags && !ofFrames ? e.slot(8) : undefined;
  const end = endOf(facts, ofFrames);
  const run = (program: CbpfProgram, start: Start, given: { readonly tag?: number } = {}): void =>
    e.scoped(() => emitProgram(g, end, program, start, { limit, ...given }));
  e.place(ethernet);
  if (tag !== undefined) {
    const plain = e.newLabel("untagged");
    emitTag(g, facts, tag, plain);
    run(filter.ethernet, "l2", { tag });
    e.place(plain);
  }
  run(filter.ethernet, "l2");
  if (filter.raw) {
    e.place(ip);
    run(filter.raw, "l3");
  }
  for (const [label, verdict] of [
    [ACCEPT, VERDICT.accept],
    [REJECT, VERDICT.reject],
    [none, VERDICT.none],
  ] as const) {
    e.place(label);
    e.emit(mov.imm(r0, verdict));
    e.return();
  }
  if (e.items.length > MOST) throw new FilterTooLong(filter.text);
  return e;
}

/** The member of the view that says where a packet begins. */
type Start = "l2" | "l3";

/** Where the packet's bytes would end if they all lay behind each other. */
const endOf = (facts: KernelFacts, ofFrames: boolean): Value =>
  ofFrames
    ? member(facts, "xdp->data_end")
    : {
        op: "alu",
        alu: "+",
        signed: false,
        left: member(facts, "skb->len"),
        right: member(facts, "skb->data"),
      };

/** One of the programs, on the packet that begins at a member of the view; ends at `accept` or `reject`. */
function emitProgram(
  g: Generator,
  end: Value,
  program: CbpfProgram,
  start: Start,
  { limit, tag }: { readonly limit: number; readonly tag?: number },
): void {
  const { e } = g;
  e.loadEvent(r9, "head");
  e.loadEvent(r0, start);
  e.loadEvent(r1, "tail");
  e.emit(alu.add.reg(r9, r0), alu.sub.reg(r1, r0), stx(8, FP, limit, r1));
  const known = start === "l2" ? 14 : 20;
  translate(
    g,
    program,
    () => new Frame(g, program, known, limit, tag),
    () => {
      // `data` may be behind headers that are already processed, or before them.
      emitValue(g, end, REJECT);
      e.emit(alu.sub.reg(r0, r9));
      if (tag !== undefined) e.emit(alu.add.imm(r0, 4));
    },
  );
}

/** The four bytes that stand in a frame for the tag that the socket buffer carries, as a number; to `plain` without one. */
function emitTag(g: Generator, facts: KernelFacts, slot: number, plain: string): void {
  const { e } = g;
  e.loadEvent(r0, "has");
  e.emit(jump.set.imm(r0, VIEW_HAS.tagged, "tagged"));
  e.goto(plain);
  e.place("tagged");
  emitValue(g, member(facts, "skb->vlan_proto"), plain);
  e.emit(alu.lsh.imm(r0, 16), stx(8, FP, slot, r0));
  e.loadEvent(r1, "tci");
  e.emit(ldx(8, r0, FP, slot), alu.or.reg(r0, r1), stx(8, FP, slot, r0));
}

function member(facts: KernelFacts, path: string): Value {
  const lowered = lowerRead({ from: "path", path }, { kind: "int", bits: 64, signed: false }, facts);
  if (lowered?.shape !== "number") throw new RangeError(`no ${path} in this kernel`);
  return lowered.value;
}
