import type { PcapFilter } from "../../src/compiler/pcap/filter.ts";
import { native } from "../../src/native/native.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { accepts } from "../pcap/cbpf.ts";
import type { Packet } from "./packet.ts";

/** libpcap's own compiler, and classic BPF interpreted: "libpcap's filters" of view.md. */
export const pcap = pcapCompiler(native);

/** Where libpcap's filters see a packet begin, from `skb->head`. */
export interface Start {
  readonly link: "ethernet" | "raw";
  readonly at: number;
}

/** What a filter says of a packet; `tag`: the VLAN tag that the socket buffer carries for it. */
export function passes(
  { ethernet, raw, tags }: PcapFilter,
  { head, tail, dataLen }: Packet,
  start: Start | undefined,
  tag: Packet["tag"],
): boolean | undefined {
  const program = start?.link === "ethernet" ? ethernet : raw;
  if (!start || !program) return undefined;
  const bytes = head.slice(start.at, tail);
  const length = bytes.length + dataLen;
  if (start.link === "raw" || !tags || !tag) return accepts(program, bytes, length);
  const four = [tag.proto >> 8, tag.proto & 0xff, tag.tci >> 8, tag.tci & 0xff];
  return accepts(program, Uint8Array.from([...bytes.slice(0, 12), ...four, ...bytes.slice(12)]), length + 4);
}
