/**
 * Layouts shared by the C template, the generated code and the decoder. This file is the one side;
 * `scripts/layout.mjs` writes `bpf/templates/generated/layout.h` from it and a test compares.
 */

/** Fields of a C struct in order; sizes in bytes. Arrays as [size of element, count]. */
type Member = readonly [name: string, size: 1 | 2 | 4 | 8, count?: number];

export interface Layout {
  readonly name: string;
  readonly size: number;
  readonly offsets: Readonly<Record<string, number>>;
  readonly members: readonly Member[];
}

function layout(name: string, members: readonly Member[]): Layout {
  const offsets: Record<string, number> = {};
  let at = 0;
  for (const [member, size, count = 1] of members) {
    at = Math.ceil(at / size) * size;
    offsets[member] = at;
    at += size * count;
  }
  return { name, size: Math.ceil(at / 8) * 8, offsets, members };
}

/** Where the packet's headers are, filled in on first use by the generated `pwq_parse`; see codegen/view.md. */
const VIEW_MEMBERS: readonly Member[] = [
  ["head", 8], // skb->head
  ["has", 4], // VIEW_HAS bits; 0: not parsed yet
  ["tail", 4], // end of the linear data, from head
  ["l2", 4], // Ethernet header from head
  ["l3", 4], // network header from head
  ["l4", 4], // transport header from head
  ["payload", 4], // bytes after the IP headers, as the IP header says
  ["fragoff", 4], // fragment offset in bytes
  ["proto", 2], // of the transport, after IPv6 extension headers
  ["tci", 2], // VLAN tag
  ["frag6", 2], // IPv6 fragment header: offset from l3
  ["align", 2, 3],
  ["l2bytes", 1, 16], // copies of header bytes, only with bpf_probe_read_kernel
  ["l3bytes", 1, 40],
  ["l4bytes", 1, 24],
];

/**
 * What a program entry hands to the generated query, on the entry's stack (so it counts against the verifier's 512 bytes).
 * The packet view is its end.
 */
export const EVENT = layout("pwq_event", [
  ["skb", 8], // address
  ["ctx", 8], // the program's context: pt_regs or raw tracepoint arguments
  ["regs", 8], // the same at a function, 0 at a tracepoint
  ["time", 8], // ktime_get_ns; 0 until somebody follows the skb: read it after pwq_admit or pwq_reserve
  ["location", 8], // of a drop; of a return what is returned
  ["record", 8], // of the last pwq_reserve that returned 1
  // From here to `fresh` as in TRACK: the entry's working copy, written back after the queries.
  ["packet", 8], // journey number; 0: not followed
  ["first", 8], // time of the journey's first event, 0 if this is the first
  ["last", 8], // time of the journey's previous event
  ["follow", 4], // queries that follow this skb already
  ["done", 4], // queries whose journey of this skb has ended
  ["dying", 2],
  ["apart", 2],
  ["held", 4],
  ["fresh", 4], // queries that selected the packet at this very event
  ["at", 4], // queries (bits) that look at this point
  ["until", 4], // queries that end at this point
  ["point", 4], // number of the function or tracepoint
  ["kind", 4], // POINT_KIND
  ["reason", 4], // of a drop
  ...VIEW_MEMBERS,
]);

/**
 * The view of the packet inside a tunnel, filled in on first use by the generated `pwq_inner`. It begins as the packet's
 * own view does and has no copies of header bytes: it lies on the query's stack.
 */
export const INNER = layout("pwq_inner", [
  ...VIEW_MEMBERS.slice(
    0,
    VIEW_MEMBERS.findIndex(([name]) => name === "align"),
  ),
  ["kind", 2], // TUNNEL_KIND
  ["vni", 4],
]);

/** Values of `tunnel.kind`, named as iproute2 names them. */
export const TUNNEL_KIND = { VXLAN: 1, GENEVE: 2, GRE: 3, IPIP: 4, SIT: 5, IPIP6: 6, IP6IP6: 7 } as const;

/** The same packet view by itself: what `pwq_parse` is given, which is verified without knowing an event. */
export const VIEW = layout("pwq_view", VIEW_MEMBERS);

/** The head of every record in the ring buffer. */
export const RECORD_HEAD = layout("pwq_record", [
  ["time", 8],
  ["packet", 8],
  ["point", 4],
  ["cpu", 2],
  ["query", 1],
  ["flags", 1],
  ["location", 8], // of a drop; of a return what is returned; else 0
  ["reason", 4], // of a drop, else 0
  ["size", 4], // of this record in bytes
]);

/**
 * The largest record that is put together in `pwq_scratch` before it goes to the ring buffer: where the verifier (before
 * 6.4) cannot merge states that hold a ring buffer record, so that each branch of the capture would double its work.
 */
export const SCRATCH_SIZE = 4096;
/** Programs on one CPU nest: a function's, interrupted by tracepoints in a soft interrupt, an interrupt and an NMI. */
export const SCRATCH_LEVELS = 4;

/** The slot of the `tuple` field. Ports in host order; `has` bit 0: ports are there, bit 1: proto is. */
export const TUPLE = layout("pwq_tuple", [
  ["version", 1], // 4, 6
  ["proto", 1],
  ["has", 1],
  ["pad", 1],
  ["sport", 2],
  ["dport", 2],
  ["src", 1, 16], // an IPv4 address fills the first four bytes
  ["dst", 1, 16],
]);

/**
 * `flags` of a record.
 * ending: the journey ends as the query's `ending` says (with `last`).
 * mark: no event but a `MARK`, for the queries whose bits are in `reason`; the record is its head alone.
 */
export const RECORD_FLAG = { first: 1, last: 2, stop: 4, hidden: 8, ending: 16, mark: 32 } as const;

/** What a mark tells of a held journey, in `point`. */
export const MARK = {
  /** One of its socket buffers is gone, or going: few events will still come of it. */
  gone: 0,
  /** It has one more: a clone. */
  cloned: 1,
} as const;

export const POINT_KIND = { function: 0, tracepoint: 1, drop: 2, return: 3 } as const;

/** What runs: a task on its own behalf, or an interrupt on top of whatever task was there. */
export const CONTEXT = { task: 0, softirq: 1, hardirq: 2, unknown: 0xff } as const;

/** Value of the tracking map, keyed by skb address. */
export const TRACK = layout("pwq_track", [
  ["packet", 8],
  ["first", 8],
  ["last", 8],
  ["follow", 4], // queries that follow this skb
  ["done", 4], // queries whose journey of it has ended
  ["dying", 2], // it is being freed: seen next at a point off the free path, the address has a new owner
  ["apart", 2], // queries for which the copy of it that is being made is a packet of its own
  ["held", 4], // of the following queries, those that hold a journey's events until they know how it ends
]);

/** Value of the map of calls that a followed packet is in; laid out as the event from `record` on. */
export const FRAME = layout("pwq_frame", [
  ["skb", 8],
  ["packet", 8],
  ["first", 8],
  ["last", 8],
  ["follow", 4], // queries that wait for the return
  ["done", 4],
  ["dying", 2],
  ["apart", 2],
  ["held", 4],
  ["fresh", 4],
  ["at", 4],
  ["until", 4],
  ["point", 4],
]);

/** Bits of `pwq_event.has`. `parsed` is always set after parsing. */
export const VIEW_HAS = {
  parsed: 1 << 0,
  eth: 1 << 1,
  tagged: 1 << 2, // the socket buffer carries a VLAN tag, and `tci` is its
  arp: 1 << 3,
  ip4: 1 << 4,
  ip6: 1 << 5,
  frag6: 1 << 6,
  l4: 1 << 7, // a transport header begins at l4 (not a later fragment)
  proto: 1 << 8, // `proto` is known
  tcp: 1 << 9,
  udp: 1 << 10,
  icmp: 1 << 11,
  icmp6: 1 << 12,
  sctp: 1 << 13,
  esp: 1 << 14,
  gre: 1 << 15,
  payload: 1 << 16, // `payload` is known
  tci: 1 << 17, // `tci` is known: a tag in the skb or in the frame
  sock4: 1 << 18, // no headers are written yet; the socket says that an IPv4 packet will come of it
  sock6: 1 << 19,
  // Of the view of the packet inside a tunnel:
  tunnel: 1 << 20, // there is a tunnel header, and `kind` is known
  vni: 1 << 21, // `vni` is known
} as const;

/**
 * The attach cookie of a function: what the program must know about it without a look-up.
 * [name, first bit, bits]. Eight queries at most share one attachment.
 */
export const COOKIE = {
  point: [0, 16],
  skb: [16, 3], // argument position of the skb
  other: [19, 3], // argument position of a second skb (a clone's origin), or what a crossing depends on
  role: [22, 3], // ROLE
  freePath: [25, 1], // may run while the skb is being freed, after the drop tracepoint
  kind: [26, 2], // POINT_KIND
  carries: [29, 1], // its packet matters before anybody follows it: an XDP program is run for it
  headless: [28, 1], // the packet data is freed already: header fields are absent (event.has = parsed)
  at: [32, 8], // queries that look here
  until: [40, 8], // queries that end here
  returns: [48, 8], // queries that wait for its return
  apart: [56, 8], // queries that do not follow what the role is about
} as const satisfies Record<string, readonly [number, number]>;

export const MAX_QUERIES = 8;

/** Values of earlier events that are remembered for a packet over all queries: sixteen bytes each (bpf/templates/past.h). */
export const PAST_SLOTS = 8;

/** What a function does to the life of an skb besides being a point. */
export const ROLE = {
  none: 0,
  /** `skb` becomes a copy of `other`: it inherits the journey. */
  clone: 1,
  /** The address is given back after this: the journey is forgotten. */
  free: 2,
  /** The free has begun; the functions that do it are still to run. */
  dying: 3,
  /** A copy of `other` will be made, of a kind that `apart` does not follow. */
  copying: 4,
  /** Where `apart` follows no further; if `other` is another argument than `skb`, only where that is true. */
  crossing: 5,
} as const;

/** Bits of `pwq_admit`'s second argument above the query number. */
export const ADMIT = {
  /** No second event of this packet can come: number it, but keep it out of the tracking map. */
  once: 1 << 8,
  /** `follow none`: an event, not a packet; it gets no number. */
  event: 1 << 9,
  /** The journey's events are held until it is known how it ends: marks tell of its socket buffers. */
  held: 1 << 10,
} as const;

/** Counters in the per-CPU array map `pwq_counters`: global ones, then PER_QUERY for each query. */
export const COUNTER = [
  "map_full", // a journey that could not be entered in the tracking map
  "clone_full", // a clone that could not be
  "frame_full", // a call of a function whose return will not be known
  "calls_full", // a call of a function with an skb, on whose behalf others run (bpf/templates/calls.bpf.c)
  "inserted",
  "deleted",
  "past_inserted", // the same of the map of earlier values
  "past_deleted",
  "marks_lost", // marks of held journeys, no room in the ring buffer
] as const;
export const QUERY_COUNTER = [
  "selected", // packets for which `where` became true
  "sampled_out",
  "rate_limited",
  "over_limit",
  "produced", // events to be shown
  "lost_ring", // of these, no room in the ring buffer
  "delivered", // of these, handed to the ring buffer
] as const;
export const counterIndex = (name: (typeof COUNTER)[number]): number => COUNTER.indexOf(name);
export const queryCounterIndex = (query: number, name: (typeof QUERY_COUNTER)[number]): number =>
  COUNTER.length + query * QUERY_COUNTER.length + QUERY_COUNTER.indexOf(name);
export const COUNTERS = COUNTER.length + MAX_QUERIES * QUERY_COUNTER.length;
