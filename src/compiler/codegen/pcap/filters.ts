import { call, jump, r0, r1, r2 } from "../../bpf/index.ts";
import type { PcapFilter } from "../../pcap/filter.ts";
import type { Generator } from "../values.ts";
import { loadView, viewAddress } from "../view.ts";
import { VERDICT } from "./function.ts";

/** The filters of one object: each becomes a function, however often it stands in the queries. */
export class Filters {
  readonly #named = new Map<string, { readonly name: string; readonly filter: PcapFilter }>();

  /** The function that runs a filter. */
  nameOf(filter: PcapFilter): string {
    let known = this.#named.get(filter.text);
    if (!known) {
      known = { name: `pwq_pcap_${this.#named.size}`, filter };
      this.#named.set(filter.text, known);
    }
    return known.name;
  }

  get all(): readonly { readonly name: string; readonly filter: PcapFilter }[] {
    return [...this.#named.values()];
  }
}

/** r0 = 1 if the packet passes the filter, else 0; jumps to `absent` if the filter says nothing of it. */
export function emitFilter(g: Generator, filter: PcapFilter, absent: string, inner?: boolean): void {
  const { e } = g;
  loadView(g, inner);
  viewAddress(e, r1, inner);
  e.loadEvent(r2, "skb");
  e.emit(call.local(g.filters.nameOf(filter)), jump.eq.imm(r0, VERDICT.none, absent));
}
