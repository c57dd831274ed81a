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
  /**
   * More enumerators from the running kernel's BTF: those of these enums whose name starts with `prefix`, without it.
   * Merged into `type.names`; an enum that the kernel does not have adds nothing.
   */
  readonly btfEnum?: readonly { readonly name: string; readonly prefix: string }[];
  /** Heading of the table column, upper case, and its usual width. */
  readonly column?: { readonly title: string; readonly width: number };
  /** Of the running task, which has nothing to do with the packet in an interrupt: `context` is captured beside it. */
  readonly ofTask?: true;
  /** Only drops have it: what it needs is captured there and nowhere else, as far as the kernel has it. */
  readonly ofDrops?: true;
  /** Fields that are captured beside it where the kernel has them, because the decoder needs them to show it right. */
  readonly beside?: readonly string[];
  /** Other spellings (Wireshark's, pcap's, pwru's) that get a "did you mean". */
  readonly aka?: readonly string[];
}

/** How a field's value is got. Everything but `runtime` is read in the kernel. */
export type Read =
  /**
   * A path through kernel structures, typed by BTF. Absent where a pointer on the way is not a kernel address.
   * Anonymous unions and structs are transparent. A type after `:` says what a `void *` or a plain integer
   * points to, and `& mask` clears bits first: `skb->_skb_refdst & ~1 : dst_entry -> ops`. See `btf/path.ts`.
   * The first word is the root: `skb`, or `shinfo`, the `struct skb_shared_info` at `skb->head + skb->end`.
   */
  | {
      readonly from: "path";
      readonly path: string;
      /** This value, as loaded, says that there is none: a port 0 in a socket that is not connected. */
      readonly absent?: bigint;
      /** Applied after `absent`: `(value >> shift) & mask`. */
      readonly shift?: number;
      readonly mask?: number;
      readonly given?: readonly Given[];
    }
  /** Bytes of a header in network order; absent where the packet lacks the header or these bytes are not there. */
  | {
      readonly from: "header";
      readonly layer: Layer;
      readonly offset: number;
      readonly size: 1 | 2 | 4 | 6 | 8 | 16;
      /** Applied after byte order: `(value >> shift) & mask`. */
      readonly shift?: number;
      readonly mask?: number;
      /** Added last: IPv6's payload length does not count its header. */
      readonly add?: number;
      /** Absent unless these bytes of the same header, masked, have this value (GRE's key is there if a flag is set). */
      readonly when?: HeaderTest;
    }
  /** Something the program entry knows. */
  | { readonly from: "event"; readonly what: EventValue }
  /** Something header parsing found out. */
  | { readonly from: "view"; readonly what: ViewValue; readonly given?: readonly Given[] }
  /**
   * The first of these that is present. A path that the running kernel's types do not have is skipped
   * when the query is compiled; if that leaves none, the field is not on this kernel.
   */
  | { readonly from: "first"; readonly of: readonly Read[] }
  /** The same of the packet inside a tunnel. */
  | { readonly from: "inner"; readonly of: Read }
  /** A pwq expression over other fields: `ip4.len - ip4.ihl - tcp.hlen`. */
  | { readonly from: "expr"; readonly text: string }
  /** Either end (`ip.addr`): `==` is "one of them is", `!=` is "none of them is". Only in comparisons; shown as a list. */
  | { readonly from: "either"; readonly fields: readonly [string, string] }
  /** Made from other captured fields by the decoder (`process` from `comm` and `pid`); cannot be tested in the kernel. */
  | { readonly from: "runtime"; readonly needs: readonly string[] };

/** A condition without which the read is absent: that the view has something, or what a number in the kernel is. */
export type Given =
  | { readonly view: ViewFlag }
  | { readonly path: string; readonly in: readonly number[] }
  | { readonly path: string; readonly notIn: readonly number[] };

/**
 * `sock4`, `sock6`: the packet is being sent, its headers are not written yet, and an IPv4 (IPv6) packet will come of it,
 * says the socket. `sock.tcp` and its like: one of these, and the socket's protocol is that.
 * See `codegen/view.md` for the exact rule.
 */
export type ViewFlag = "ip4" | "ip6" | "sock4" | "sock6" | "sock.tcp" | "sock.udp" | "sock.sctp";

/** Bytes at `offset` from the start of the header, in network order: `(bytes & mask) == value`. */
export interface HeaderTest {
  readonly offset: number;
  readonly size: 1 | 2;
  readonly mask: number;
  readonly value: number;
}

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
  | "latency" // since the `from` event, at the `to` event
  | "func" // number of the point; compared through sets of numbers
  | "module" // of the function; compared through sets of point numbers
  | "caller" // return address at function entry; absent at tracepoints
  | "stack"
  | "verdict" // of an XDP program, which is where it is seen
  | "ret" // what a function returns; only at its return
  | "cpu"
  | "pid" // tgid, as user space calls it
  | "tid"
  | "comm"
  | "cgroup" // id of the current task's cgroup
  | "context" // CONTEXT in layout.ts
  | "packet"
  | "skb"
  | "drop.reason" // absent unless the event is a drop
  | "drop.location";

export type ViewValue =
  | "ip.proto" // after IPv6 extension headers; of a socket's packet the socket's
  | "ip.version"
  | "frag.offset" // in bytes, 0 for a whole packet; absent where `ip.proto` is, and before headers are written
  | "ip.payload" // length in bytes of what follows the IP headers, by the IP header's word
  | "payload.len" // the same less the transport header, with its options; absent if that says more than there is
  | "vlan.tci" // from the tag in the skb or, if there is none, in the frame
  | "tunnel.kind" // these two only of the packet inside a tunnel
  | "tunnel.vni"
  | "tuple"; // TUPLE in layout.ts
