import { alu, jump, mov, r0, r1, r2, r6, r9 } from "../../bpf/index.ts";
import type { KernelFacts } from "../../facts.ts";
import { VIEW, VIEW_HAS } from "../../layout.ts";
import { Emitter } from "../emitter.ts";
import type { Value } from "../ir.ts";
import { Filters } from "../pcap/filters.ts";
import type { Reader } from "../reader.ts";
import type { Tables } from "../tables.ts";
import { Windows } from "../windows.ts";
import { parseIpv4, parseIpv6 } from "./ip.ts";
import { parseEthernet, parseNetwork, skipEthernet } from "./link.ts";
import { type SkbMember, skbMembers } from "./members.ts";
import { FINISH, FP, Parser } from "./parser.ts";
import { parseSocket, parseStart, parseVlanTag } from "./start.ts";
import { parseTransport } from "./transport.ts";

const STACK = 128;
/** Of that, what members that are read together may take. */
const WINDOWS = 88;
/** The first slot of the frame. */
const SKB_SLOT = -8;

/**
 * Generates `pwq_parse(view, skb)`: finds the headers of an skb and fills in the packet view, by the rules of view.md,
 * section by section; of an XDP frame by the same, if its members are given for those of an skb. `link`: a query asks for the Ethernet header or the VLAN tag. It is a global function: the verifier takes it by itself once, and not again wherever it is called. r7 is the offset reached, r8 the type or protocol found there, r9 the `has` bits so far.
 */
export function generateParse(
  facts: KernelFacts,
  reader: Reader,
  tables: Tables,
  link: boolean,
  skb: Readonly<Record<SkbMember, Value | undefined>> = skbMembers(facts),
): Emitter {
  const e = new Emitter(STACK, (member) =>
    member === "skb" ? { base: FP, offset: SKB_SLOT } : { base: r6, offset: VIEW.offsets[member]! },
  );
  const windows = new Windows(
    Object.values(skb).filter((v) => v !== undefined),
    WINDOWS,
  );
  if (e.slot(8) !== SKB_SLOT) throw new RangeError("the skb's slot comes first");
  const p = new Parser({ e, reader, windows, tables, filters: new Filters() }, skb, {
    l2bytes: e.whereIs("l2bytes"),
    l3bytes: e.whereIs("l3bytes"),
    l4bytes: e.whereIs("l4bytes"),
  });
  const there = e.newLabel("there");
  e.emit(jump.ne.imm(r1, 0, there), mov.imm(r0, 0));
  e.return();
  e.place(there);
  e.emit(mov.reg(r6, r1));
  e.storeEvent("skb", r2);
  e.opaqueZero(r9, r0);
  e.emit(alu.add.imm(r9, VIEW_HAS.parsed));
  parseStart(p);
  if (link) parseVlanTag(p);
  parseSocket(p);
  if (!link) skipEthernet(p);
  parseEthernet(p);
  parseNetwork(p);
  parseIpv4(p);
  parseIpv6(p);
  parseTransport(p);
  e.place(FINISH);
  e.storeEvent("has", r9);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e;
}
