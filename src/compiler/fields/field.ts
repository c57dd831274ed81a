import type { Type } from "../types.ts";

/**
 * One field of the language. The table of these (`table.ts`) is the only place that knows a field:
 * checker, planner, code generator, decoder, completion, documentation and hook types read it.
 */
export interface Field {
  /** As written: `tcp.dport`. */
  readonly name: string;
  readonly type: Type;
  /** One sentence for `pwq fields`; names the kernel member or the RFC. */
  readonly doc: string;
  /** When the field is absent, in words ("packets that are not TCP"); absent here: it is always there. */
  readonly optional?: string;
  readonly read: Read;
  /** Enumerators come from the running kernel's BTF enum of this name; merged into `type.names`. */
  readonly btfEnum?: { readonly name: string; readonly prefix: string };
  /** Heading of the table column, upper case, and its usual width. */
  readonly column?: { readonly title: string; readonly width: number };
  /** Other spellings (Wireshark's, pcap's, pwru's) that get a "did you mean". */
  readonly aka?: readonly string[];
}

/** How a field's value is got. Everything but `runtime` is read in the kernel. */
export type Read =
  /**
   * A path through kernel structures from the skb, typed by BTF. Absent where a pointer on the way is NULL.
   * Anonymous unions and structs are transparent. A type after `:` says what a `void *` or a plain integer
   * points to, and `& mask` clears bits first: `skb->_skb_refdst & ~1 : dst_entry -> ops`. See `codegen/path.ts`.
   */
  | { readonly from: "path"; readonly path: string }
  /** Bytes of a header in network order; absent where the packet lacks the header or it is cut short. */
  | {
      readonly from: "header";
      readonly layer: Layer;
      readonly offset: number;
      readonly size: 1 | 2 | 4 | 6 | 8 | 16;
      /** Applied after byte order: `(value >> shift) & mask`. */
      readonly shift?: number;
      readonly mask?: number;
    }
  /** Something the program entry knows. */
  | { readonly from: "event"; readonly what: EventValue }
  /** Something header parsing found out. */
  | { readonly from: "view"; readonly what: ViewValue }
  /** The first of these that is present. */
  | { readonly from: "first"; readonly of: readonly Read[] }
  /** A pwq expression over other fields: `ip4.len - ip4.ihl - tcp.hlen`. */
  | { readonly from: "expr"; readonly text: string }
  /** Either end (`ip.addr`): `==` is "one of them is", `!=` is "none of them is". Only in comparisons; shown as a list. */
  | { readonly from: "either"; readonly fields: readonly [string, string] }
  /** Made from other captured fields by the decoder (`process` from `comm` and `pid`); cannot be tested in the kernel. */
  | { readonly from: "runtime"; readonly needs: readonly string[] };

export const LAYERS = [
  "eth",
  "vlan",
  "arp",
  "ip4",
  "ip6",
  "frag6",
  "tcp",
  "udp",
  "icmp",
  "icmp6",
  "sctp",
  "esp",
  "gre",
] as const;
export type Layer = (typeof LAYERS)[number];

export type EventValue =
  | "time" // ktime_get_ns at entry
  | "elapsed" // since the journey's first event
  | "delta" // since the journey's previous event
  | "func" // number of the point; compared through sets of numbers
  | "caller" // return address at function entry; absent at tracepoints
  | "stack"
  | "cpu"
  | "pid" // tgid, as user space calls it
  | "tid"
  | "comm"
  | "cgroup" // id of the current task's cgroup
  | "packet"
  | "skb"
  | "drop.reason" // absent unless the event is a drop
  | "drop.location";

export type ViewValue =
  | "ip.proto" // after IPv6 extension headers
  | "ip.version"
  | "frag.offset" // in bytes; absent when not a fragment header
  | "l4.offset" // of the transport header, from skb->head
  | "ip.payload" // length in bytes of what follows the IP headers, by the IP header's word
  | "vlan.tci"; // from the tag in the skb or, if there is none, in the frame
