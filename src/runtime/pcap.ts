import { decode } from "../compiler/pcap/cbpf.ts";
import type { PcapCompile, PcapLink } from "../compiler/pcap/filter.ts";
import type { Native } from "../native/native.ts";

/** DLT_EN10MB, and DLT_RAW as Linux numbers it (pcap/dlt.h). */
const LINK_TYPE: Readonly<Record<PcapLink, number>> = { ethernet: 1, raw: 12 };

/** libpcap's compiler, through the addon, which is loaded when the first filter asks for it. */
export const pcapCompiler =
  (addon: () => Pick<Native, "pcapCompile">): PcapCompile =>
  (text, link) => {
    const compiled = addon().pcapCompile(text, LINK_TYPE[link]);
    if (!compiled) return undefined;
    return compiled.problem === undefined ? { program: decode(compiled.insns) } : compiled;
  };
