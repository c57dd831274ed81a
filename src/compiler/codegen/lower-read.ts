import { resolvePathText } from "../btf/path.ts";
import type { ResolvedPath } from "../btf/resolved-path.ts";
import type { KernelFacts } from "../facts.ts";
import type { Field, Given, Read, ViewFlag, ViewValue } from "../fields/field.ts";
import { POINT_KIND, VIEW_HAS } from "../layout.ts";
import type { Type } from "../types.ts";
import { REGISTERS } from "./arch.ts";
import { type Alu, and, type Bytes, type Cond, constant, load, or, SKB, type Value } from "./ir.ts";
import { ofInner } from "./lower-inner.ts";
import { latencyValue } from "./past-values.ts";

/**
 * From how the fields table says a field is read to where that is in this kernel.
 * `undefined` from any of these: the kernel's types have no such thing.
 */

/** A value of the language in terms of 64-bit numbers and runs of bytes. */
export type Lowered =
  | { readonly shape: "number"; readonly value: Value }
  /** An address of either family: at most one of the two is present for a packet. */
  | { readonly shape: "ip"; readonly v4?: Value; readonly v6?: readonly [high: Value, low: Value] }
  | { readonly shape: "bytes"; readonly bytes: Bytes }
  | { readonly shape: "tuple"; readonly inner?: true }
  | { readonly shape: "stack" };

export function lowerRead(read: Read, type: Type, facts: KernelFacts): Lowered | undefined {
  switch (read.from) {
    case "path": {
      const path = resolve(read.path, facts);
      if (!path) return undefined;
      const lowered = lowerPath(path, type, rootOf(read.path, facts));
      if (!lowered) return undefined;
      const conditions = (read.given ?? []).map((g) => lowerGiven(g, facts));
      if (conditions.includes(undefined)) return undefined;
      const condition = and(...(conditions as Cond[]), ...deviceGuard(read.path, facts));
      return guarded(condition, adjust(lowered, read));
    }
    case "header":
      return lowerHeader(read, type);
    case "event":
      return lowerEvent(read.what, facts);
    case "view":
      return lowerView(read, facts);
    case "first": {
      const found = read.of.flatMap((r) => lowerRead(r, type, facts) ?? []);
      return found.length === 0 ? undefined : firstOf(found);
    }
    case "inner": {
      const lowered = lowerRead(read.of, type, facts);
      return lowered && insideTunnel(lowered);
    }
    case "expr":
    case "either":
    case "runtime":
      return undefined;
  }
}

function insideTunnel(lowered: Lowered): Lowered {
  switch (lowered.shape) {
    case "number":
      return { shape: "number", value: ofInner(lowered.value) };
    case "bytes":
      return { shape: "bytes", bytes: ofInner(lowered.bytes) };
    case "ip":
      return {
        shape: "ip",
        ...(lowered.v4 ? { v4: ofInner(lowered.v4) } : {}),
        ...(lowered.v6 ? { v6: [ofInner(lowered.v6[0]), ofInner(lowered.v6[1])] as const } : {}),
      };
    case "tuple":
      return { shape: "tuple", inner: true };
    case "stack":
      throw new RangeError("a stack is not in a packet");
  }
}

/** Name of the field if the kernel part can be read at all; used to say what is missing. */
export const isReadable = (field: Field): boolean =>
  field.read.from !== "runtime" && field.read.from !== "either";

const resolved = new WeakMap<KernelFacts, Map<string, ResolvedPath | undefined>>();

/** Paths of the table, resolved once per kernel; a structure may be known to vmlinux or to a module. */
function resolve(text: string, facts: KernelFacts): ResolvedPath | undefined {
  const known = resolved.get(facts) ?? new Map<string, ResolvedPath | undefined>();
  resolved.set(facts, known);
  if (!known.has(text)) {
    let result = resolvePathText(facts.btf, text);
    if ("problem" in result) result = resolvePathText([facts.btf, ...facts.modules()], text);
    known.set(text, "ok" in result ? result.ok : undefined);
  }
  return known.get(text);
}

function number(text: string, facts: KernelFacts): Value | undefined {
  const path = resolve(text, facts);
  if (!path) return undefined;
  const lowered = lowerPath(path, { kind: "int", bits: 64, signed: false }, rootOf(text, facts));
  return lowered?.shape === "number" ? lowered.value : undefined;
}

/** `shinfo`: struct skb_shared_info lies where the head buffer ends. */
export function rootOf(text: string, facts: KernelFacts): Value {
  if (!/^\s*shinfo\b/.test(text)) return SKB;
  return {
    op: "alu",
    alu: "+",
    signed: false,
    left: number("skb->head", facts)!,
    right: number("skb->end", facts)!,
  };
}

/** Follows the pointers of a path from `root` and reads what is at its end as `type` wants it. */
export function lowerPath(path: ResolvedPath, type: Type, root: Value = SKB): Lowered | undefined {
  let base = root;
  for (const { offset, mask } of path.derefs) {
    base = load(base, offset, 8);
    if (mask !== undefined) base = { op: "alu", alu: "&", signed: false, left: base, right: constant(mask) };
  }
  const { offset, value } = path;
  const memory = (size: number): Lowered => ({ shape: "bytes", bytes: { op: "memory", base, offset, size } });
  switch (value.kind) {
    case "pointer":
      return { shape: "number", value: load(base, offset, 8) };
    case "chars":
      return memory(value.size);
    case "bytes":
      return type.kind === "ip" ? lowerIpBytes(base, offset, value.size) : memory(value.size);
    case "scalar": {
      if (type.kind === "ip") return lowerIpBytes(base, offset, value.size);
      // An element of an array stands for what begins there.
      if (type.kind === "bytes") return memory(type.size);
      const signed = value.signed && !value.bits;
      let read: Value = load(base, offset, value.size, signed && !value.bigEndian);
      if (value.bits) read = { op: "bits", ...value.bits, signed: value.signed, value: read };
      else if (value.bigEndian && value.size > 1) {
        read = { op: "swap", size: value.size as 2 | 4 | 8, value: read };
      }
      return { shape: "number", value: read };
    }
  }
}

/** Network-order address bytes as numbers, most significant octet first. */
function lowerIpBytes(base: Value, offset: number, size: number): Lowered | undefined {
  if (size === 4) return { shape: "ip", v4: { op: "swap", size: 4, value: load(base, offset, 4) } };
  if (size !== 16) return undefined;
  const part = (at: number): Value => ({ op: "swap", size: 8, value: load(base, at, 8) });
  return { shape: "ip", v6: [part(offset), part(offset + 8)] };
}

/** `absent`, `shift` and `mask` of a path. */
function adjust(lowered: Lowered, read: Extract<Read, { from: "path" }>): Lowered {
  if (lowered.shape === "ip" && read.absent !== undefined) {
    const { v4, v6 } = lowered;
    return {
      shape: "ip",
      ...(v4 ? { v4: absentIf(v4, read.absent) } : {}),
      ...(v6 ? { v6: absentPairIf(v6, read.absent) } : {}),
    };
  }
  if (lowered.shape !== "number") return lowered;
  let { value } = lowered;
  if (read.absent !== undefined) value = absentIf(value, read.absent);
  if (read.shift) value = { op: "alu", alu: ">>", signed: false, left: value, right: constant(read.shift) };
  if (read.mask !== undefined) {
    value = { op: "alu", alu: "&", signed: false, left: value, right: constant(read.mask) };
  }
  return { shape: "number", value };
}

const absentIf = (value: Value, absent: bigint): Value => ({
  op: "guard",
  condition: { op: "cmp", cmp: "!=", signed: false, left: value, right: constant(absent) },
  value,
});

/** The same of 128 bits, high half first: both halves are absent, or neither is. */
function absentPairIf(parts: readonly [Value, Value], absent: bigint): readonly [Value, Value] {
  const differs = (value: Value, part: bigint): Cond => ({
    op: "cmp",
    cmp: "!=",
    signed: false,
    left: value,
    right: constant(part),
  });
  const [high, low] = parts;
  const condition = or(differs(high, absent >> 64n), differs(low, BigInt.asUintN(64, absent)));
  const guard = (value: Value): Value => ({ op: "guard", condition, value });
  return [guard(high), guard(low)];
}

export function guarded(condition: Cond, lowered: Lowered): Lowered {
  if (condition.op === "const" && condition.value) return lowered;
  const guard = (value: Value): Value => ({ op: "guard", condition, value });
  switch (lowered.shape) {
    case "number":
      return { shape: "number", value: guard(lowered.value) };
    case "ip":
      return {
        shape: "ip",
        ...(lowered.v4 ? { v4: guard(lowered.v4) } : {}),
        ...(lowered.v6 ? { v6: [guard(lowered.v6[0]), guard(lowered.v6[1])] as const } : {}),
      };
    case "bytes":
      return { shape: "bytes", bytes: { op: "guard", condition, bytes: lowered.bytes } };
    default:
      return lowered;
  }
}

/** The smallest inode a network namespace can have: PROC_DYNAMIC_FIRST less the fixed ones (include/linux/proc_ns.h). */
const NETNS_INODE_MIN = 0xefff_ff00n;

/**
 * `skb->dev` shares its place with other things while the packet is in a socket's queue (`dev_scratch`) or in TCP's
 * retransmission tree (`rbnode`). What it points to is taken for a device only if that has a namespace with an inode
 * number such as namespaces have.
 */
function deviceGuard(text: string, facts: KernelFacts): readonly Cond[] {
  if (!/^\s*skb->dev->/.test(text)) return [];
  const inode = number("skb->dev->nd_net.net->ns.inum", facts);
  if (!inode) return [];
  return [{ op: "cmp", cmp: ">=", signed: false, left: inode, right: constant(NETNS_INODE_MIN) }];
}

function lowerGiven(given: Given, facts: KernelFacts): Cond | undefined {
  if ("view" in given) return viewFlag(given.view);
  const value = number(given.path, facts);
  if (!value) return undefined;
  const negated = "notIn" in given;
  const among = negated ? given.notIn : given.in;
  const ranges = [...among].sort((a, b) => a - b).map((n) => ({ low: BigInt(n), high: BigInt(n) }));
  return { op: "ranges", negated, parts: [value], bits: 64, ranges };
}

const protoIs = (proto: number): Cond => ({
  op: "cmp",
  cmp: "==",
  signed: false,
  left: { op: "view", member: "proto", has: VIEW_HAS.proto },
  right: constant(proto),
});
const ofSocket: Cond = { op: "has", bits: VIEW_HAS.sock4 | VIEW_HAS.sock6, negated: false };

const VIEW_FLAGS: Readonly<Record<ViewFlag, Cond>> = {
  ip4: { op: "has", bits: VIEW_HAS.ip4, negated: false },
  ip6: { op: "has", bits: VIEW_HAS.ip6, negated: false },
  sock4: { op: "has", bits: VIEW_HAS.sock4, negated: false },
  sock6: { op: "has", bits: VIEW_HAS.sock6, negated: false },
  "sock.tcp": and(ofSocket, protoIs(6)),
  "sock.udp": and(ofSocket, protoIs(17)),
  "sock.sctp": and(ofSocket, protoIs(132)),
};
export const viewFlag = (flag: ViewFlag): Cond => VIEW_FLAGS[flag];

function lowerHeader(read: Extract<Read, { from: "header" }>, type: Type): Lowered | undefined {
  const { layer, offset, size, when } = read;
  const bytesAt = (at: number, n: 1 | 2 | 4 | 8): Value => ({ op: "header", layer, offset: at, size: n });
  const condition: Cond[] = when
    ? [
        {
          op: "cmp",
          cmp: "==",
          signed: false,
          left: {
            op: "alu",
            alu: "&",
            signed: false,
            left: bytesAt(when.offset, when.size),
            right: constant(when.mask),
          },
          right: constant(when.value),
        },
      ]
    : [];
  if (type.kind === "ip") {
    const ip: Lowered =
      size === 4
        ? { shape: "ip", v4: bytesAt(offset, 4) }
        : { shape: "ip", v6: [bytesAt(offset, 8), bytesAt(offset + 8, 8)] };
    return guarded(and(...condition), ip);
  }
  if (type.kind === "bytes" || type.kind === "string") {
    return guarded(and(...condition), { shape: "bytes", bytes: { op: "header", layer, offset, size } });
  }
  let value: Value;
  if (size === 6) {
    value = {
      op: "alu",
      alu: "|",
      signed: false,
      left: { op: "alu", alu: "<<", signed: false, left: bytesAt(offset, 2), right: constant(32) },
      right: bytesAt(offset + 2, 4),
    };
  } else if (size === 16) return undefined;
  else value = bytesAt(offset, size);
  if (read.shift) value = { op: "alu", alu: ">>", signed: false, left: value, right: constant(read.shift) };
  if (read.mask !== undefined) {
    value = { op: "alu", alu: "&", signed: false, left: value, right: constant(read.mask) };
  }
  if (read.add !== undefined) {
    value = { op: "alu", alu: "+", signed: false, left: value, right: constant(read.add) };
  }
  return guarded(and(...condition), { shape: "number", value });
}

const eventMember = (member: string): Value => ({ op: "event", member });
const nonzero = (member: string): Cond => ({
  op: "cmp",
  cmp: "!=",
  signed: false,
  left: eventMember(member),
  right: constant(0),
});
const since = (member: "first" | "last"): Value => ({
  op: "guard",
  condition: nonzero(member),
  value: { op: "alu", alu: "-", signed: false, left: eventMember("time"), right: eventMember(member) },
});
export const atDrop: Extract<Cond, { op: "cmp" }> = {
  op: "cmp",
  cmp: "==",
  signed: false,
  left: eventMember("kind"),
  right: constant(POINT_KIND.drop),
};

type EventRead = Extract<Read, { from: "event" }>["what"];

function lowerEvent(what: EventRead, facts: KernelFacts): Lowered | undefined {
  const { caller } = REGISTERS[facts.arch];
  const pidTgid: Value = { op: "helper", helper: "pid_tgid" };
  const numbers: Readonly<Partial<Record<EventRead, Value>>> = {
    time: eventMember("time"),
    // The first event itself has no earlier time to tell from.
    elapsed: {
      op: "first",
      of: [since("first"), { op: "guard", condition: nonzero("packet"), value: constant(0) }],
    },
    delta: since("last"),
    latency: latencyValue,
    caller: caller.inMemory
      ? load({ op: "regs", offset: caller.offset }, 0, 8)
      : { op: "regs", offset: caller.offset },
    cpu: { op: "helper", helper: "cpu" },
    pid: { op: "alu", alu: ">>", signed: false, left: pidTgid, right: constant(32) },
    tid: { op: "alu", alu: "&", signed: false, left: pidTgid, right: constant(0xffff_ffffn) },
    cgroup: { op: "helper", helper: "cgroup" },
    ...(facts.features.interruptContext && { context: { op: "context" } as const }),
    packet: { op: "guard", condition: nonzero("packet"), value: eventMember("packet") },
    verdict: { op: "bits", shift: 0, width: 32, signed: false, value: eventMember("location") },
    // At a return the skb may be gone.
    skb: { op: "guard", condition: nonzero("skb"), value: SKB },
    "drop.reason": { op: "guard", condition: atDrop, value: eventMember("reason") },
    "drop.location": { op: "guard", condition: atDrop, value: eventMember("location") },
  };
  const value = numbers[what];
  if (what === "context" && !value) return undefined;
  if (value) return { shape: "number", value };
  if (what === "comm") return { shape: "bytes", bytes: { op: "comm", size: 16 } };
  return what === "stack" ? { shape: "stack" } : undefined;
}

const member = (name: string, has: number): Value => ({ op: "view", member: name, has });
const version = (n: 4 | 6): Value => ({
  op: "guard",
  condition: { op: "has", bits: VIEW_HAS[`ip${n}`] | VIEW_HAS[`sock${n}`], negated: false },
  value: constant(n),
});

const VIEW_VALUES: Readonly<Record<Exclude<ViewValue, "tuple">, Value>> = {
  "ip.proto": member("proto", VIEW_HAS.proto),
  "ip.version": { op: "first", of: [version(4), version(6)] },
  "frag.offset": {
    op: "guard",
    condition: { op: "has", bits: VIEW_HAS.ip4 | VIEW_HAS.ip6, negated: false },
    value: member("fragoff", VIEW_HAS.proto),
  },
  "ip.payload": member("payload", VIEW_HAS.payload),
  "payload.len": { op: "first", of: payloadLengths() },
  "vlan.tci": member("tci", VIEW_HAS.tci),
  "tunnel.kind": member("kind", VIEW_HAS.tunnel),
  "tunnel.vni": member("vni", VIEW_HAS.vni),
};

/** What follows the transport header, for each that has a length of its own; see view.md. */
function payloadLengths(): readonly Value[] {
  const plen = member("payload", VIEW_HAS.payload);
  const alu = (op: Alu, left: Value, right: Value): Value => ({
    op: "alu",
    alu: op,
    signed: false,
    left,
    right,
  });
  const has = (bits: number, negated = false): Cond => ({ op: "has", bits, negated });
  const less = (condition: Cond, header: Value): Value => ({
    op: "guard",
    condition: and(condition, { op: "cmp", cmp: ">=", signed: false, left: plen, right: header }),
    value: alu("-", plen, header),
  });
  const { tcp, udp, icmp, icmp6, sctp, esp, gre, l4 } = VIEW_HAS;
  const dataOffset: Value = { op: "header", layer: "tcp", offset: 12, size: 1 };
  const greFlags: Value = { op: "header", layer: "gre", offset: 0, size: 1 };
  // RFC 2890: checksum, key and sequence number take four bytes each.
  const options = [7, 5, 4].map((bit) => alu("&", alu(">>", greFlags, constant(bit)), constant(1)));
  const greWords = options.reduce((sum, one) => alu("+", sum, one), constant(1));
  return [
    less(has(tcp), alu("&", alu(">>", dataOffset, constant(2)), constant(0x3c))),
    less(has(udp | icmp | icmp6 | esp), constant(8)),
    less(has(sctp), constant(12)),
    less(has(gre), alu("<<", greWords, constant(2))),
    less(and(has(l4), has(tcp | udp | icmp | icmp6 | esp | sctp | gre, true)), constant(0)),
  ];
}

function lowerView(read: Extract<Read, { from: "view" }>, facts: KernelFacts): Lowered | undefined {
  if (read.what === "tuple") return { shape: "tuple" };
  const conditions = (read.given ?? []).map((g) => lowerGiven(g, facts));
  if (conditions.includes(undefined)) return undefined;
  return guarded(and(...(conditions as Cond[])), { shape: "number", value: VIEW_VALUES[read.what] });
}

function firstOf(found: readonly Lowered[]): Lowered {
  const [one] = found;
  if (found.length === 1) return one!;
  const values = (of: readonly (Value | undefined)[]): Value | undefined => {
    const there = of.filter((v) => v !== undefined);
    return there.length === 0 ? undefined : there.length === 1 ? there[0] : { op: "first", of: there };
  };
  switch (one!.shape) {
    case "number":
      return { shape: "number", value: values(found.map((f) => (f as { value: Value }).value))! };
    case "bytes":
      return { shape: "bytes", bytes: { op: "first", of: found.map((f) => (f as { bytes: Bytes }).bytes) } };
    case "ip": {
      const ips = found as readonly Extract<Lowered, { shape: "ip" }>[];
      const v4 = values(ips.map((f) => f.v4));
      const high = values(ips.map((f) => f.v6?.[0]));
      const low = values(ips.map((f) => f.v6?.[1]));
      return { shape: "ip", ...(v4 ? { v4 } : {}), ...(high && low ? { v6: [high, low] as const } : {}) };
    }
    default:
      return one!;
  }
}
