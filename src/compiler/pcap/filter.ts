import { type CbpfProgram, REJECT, unfit } from "./cbpf.ts";

/** What the first byte of a packet is: of an Ethernet frame, or of an IP header. */
export type PcapLink = "ethernet" | "raw";

/**
 * libpcap's compiler, passed in so that the checker stays pure. `problem`: what it has against the text, in its words.
 * Undefined: there is no libpcap. Names of hosts and services in a text mean what they mean where it runs.
 */
export type PcapCompile = (
  text: string,
  link: PcapLink,
) => { readonly program: CbpfProgram } | { readonly problem: string } | undefined;

/** A filter of libpcap's language, compiled for both places at which a packet may begin. */
export interface PcapFilter {
  readonly text: string;
  readonly ethernet: CbpfProgram;
  /** Undefined: the filter is about the Ethernet header, so of a packet without one it says nothing. */
  readonly raw?: CbpfProgram;
  /**
   * The filter asks for VLAN tags: one that the socket buffer carries is put into the frame for it, where libpcap looks.
   * Others get the frame without it, as tcpdump's do that the kernel runs.
   */
  readonly tags: boolean;
}

/** How a filter is called where values have names. */
export const pcapKey = ({ inner, text }: { readonly inner: boolean; readonly text: string }): string =>
  `${inner ? "inner." : ""}pcap ${JSON.stringify(text)}`;

/** libpcap's verdict on a filter that no packet of this link layer passes. */
const NEVER = "expression rejects all packets";

export type Compiled =
  | { readonly filter: PcapFilter }
  | { readonly refused: string }
  | { readonly unfit: string }
  | "no libpcap";

export function compileFilter(text: string, compile: PcapCompile): Compiled {
  const ethernet = compile(text, "ethernet");
  const raw = compile(text, "raw");
  if (!ethernet || !raw) return "no libpcap";
  if ("problem" in ethernet) return { refused: ethernet.problem };
  const network = "program" in raw ? raw.program : raw.problem === NEVER ? REJECT : undefined;
  const problem = unfit(ethernet.program) ?? (network && unfit(network));
  if (problem !== undefined) return { unfit: problem };
  return {
    filter: {
      text,
      ethernet: ethernet.program,
      ...(network ? { raw: network } : {}),
      tags: /\bvlan\b/.test(text),
    },
  };
}
