import { generateParse } from "../../src/compiler/codegen/parse/generate.ts";
import { generateFilter } from "../../src/compiler/codegen/pcap/function.ts";
import { directReader, probeReader } from "../../src/compiler/codegen/reader.ts";
import { Tables } from "../../src/compiler/codegen/tables.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import { VIEW } from "../../src/compiler/layout.ts";
import type { PcapFilter } from "../../src/compiler/pcap/filter.ts";
import { helpers, rdonlyCast } from "../bpf/helpers.ts";
import { Machine } from "../bpf/interpreter.ts";
import type { Region } from "../bpf/memory.ts";
import { layOut } from "../oracle/memory.ts";
import type { Packet } from "../oracle/packet.ts";

/** Frames of the entry and of the query, above the function of a filter. */
const CALLERS = 384;

/** Packets in the memory of a kernel, with their headers found, to run many filters on. */
export class Capture {
  readonly #facts: KernelFacts;
  readonly #packets: readonly {
    readonly skb: bigint;
    readonly regions: Layout["regions"];
    view?: Uint8Array;
  }[];

  constructor(packets: readonly Packet[], facts: KernelFacts) {
    this.#facts = facts;
    this.#packets = packets.map((packet) => layOut(packet, [facts.btf, ...facts.modules()]));
  }

  /** What the generated function of a filter says of each packet: true, false, or nothing. */
  verdicts(filter: PcapFilter): (boolean | undefined)[] {
    const facts = this.#facts;
    const reader = directReader(facts) ?? probeReader;
    const tables = new Tables();
    const cast = facts.features.rdonlyCast ? facts.btf.find("func", "bpf_rdonly_cast") : undefined;
    const machine = new Machine({
      functions: [
        { name: "parse", params: 2, insns: generateParse(facts, reader, tables, true).items },
        { name: "filter", params: 2, insns: generateFilter(filter, facts, reader, tables).items },
      ],
      helpers: helpers(),
      kfuncs: cast ? { [cast.id]: rdonlyCast } : {},
      stackUsed: CALLERS,
    });
    const bytes = new Uint8Array(VIEW.size);
    const view = machine.memory.own("view", "write", bytes).address;
    return this.#packets.map((packet) => {
      const placed: Region[] = packet.regions.map((r) => machine.memory.kernel(r.name, r.address, r.bytes));
      bytes.fill(0);
      if (packet.view) bytes.set(packet.view);
      else {
        machine.call("parse", [view, packet.skb]);
        packet.view = bytes.slice();
      }
      const verdict = machine.call("filter", [view, packet.skb]);
      for (const region of placed) machine.memory.remove(region);
      return verdict === 2n ? undefined : verdict === 1n;
    });
  }
}

type Layout = ReturnType<typeof layOut>;
