import type { AttachPlan, Compiled, CompiledQuery, Encoding, Slot } from "../../src/compiler/compiled.ts";
import { FIELDS } from "../../src/compiler/fields/table.ts";
import { RECORD_FLAG, RECORD_HEAD } from "../../src/compiler/layout.ts";
import type { CheckedQuery, ShowColumn, TExpr } from "../../src/compiler/typed.ts";
import { int, type Type } from "../../src/compiler/types.ts";
import { clock } from "../../src/runtime/clock.ts";
import type { DecodeContext, Names } from "../../src/runtime/decode/context.ts";

/** Queries and records as the compiler and the kernel would make them, for tests of what comes after. */

export interface SlotWanted {
  readonly key: string;
  readonly encoding: Encoding;
  readonly size: number;
  readonly optional?: true;
  /** Of a raw path; a field brings its own. */
  readonly type?: Type;
}

const NOWHERE = { start: 0, end: 0 };

export function fieldExpr(name: string, type?: Type): TExpr {
  const field = FIELDS.get(name);
  if (!field) return { kind: "raw", text: name, type: type ?? int(32), span: NOWHERE };
  return { kind: "field", field, type: type ?? field.type, span: NOWHERE };
}

export function query(
  slots: readonly SlotWanted[],
  show: readonly (string | ShowColumn)[],
  rest: Partial<CheckedQuery> = {},
  index = 0,
): CompiledQuery {
  const presenceWords = Math.ceil(slots.filter(({ optional }) => optional).length / 64);
  let offset = RECORD_HEAD.size + presenceWords * 8;
  let bit = 0;
  const laid = slots.map(({ key, encoding, size, optional, type }): Slot => {
    const align = Math.min(8, encoding === "uint" || encoding === "sint" ? size : 8);
    offset = Math.ceil(offset / align) * align;
    const expr = fieldExpr(key, type);
    const slot = { key, encoding, size, offset, type: expr.type, expr, ...(optional && { bit: bit++ }) };
    offset += size;
    return slot;
  });
  const end = Math.ceil(offset / 8) * 8;
  const columns = show.map((item) =>
    typeof item === "string"
      ? { name: item, value: fieldExpr(item, slots.find(({ key }) => key === item)?.type) }
      : item,
  );
  const source = { name: "<query>", text: "trace skb" };
  return {
    index,
    columns,
    record: { size: end, short: end, presence: RECORD_HEAD.size, presenceWords, slots: laid },
    checked: {
      source,
      syntax: {
        kind: "Trace",
        subject: { kind: "Word", text: "skb", span: NOWHERE },
        clauses: [],
        span: NOWHERE,
      },
      at: [],
      follow: new Set(["clone", "copy"]),
      until: [],
      ending: [],
      show: columns,
      explicitShow: true,
      ...rest,
    },
  };
}

export interface HeadWanted {
  readonly time?: bigint;
  readonly packet?: bigint;
  readonly point?: number;
  readonly cpu?: number;
  readonly flags?: readonly (keyof typeof RECORD_FLAG)[];
  readonly location?: bigint;
  readonly reason?: number;
}

/** One record; `values` are the bytes of slots by key, absent keys are absent. */
export function record(
  of: CompiledQuery,
  head: HeadWanted,
  values: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const bytes = new Uint8Array(of.record.size);
  const view = new DataView(bytes.buffer);
  const at = RECORD_HEAD.offsets;
  view.setBigUint64(at.time!, head.time ?? 0n, true);
  view.setBigUint64(at.packet!, head.packet ?? 1n, true);
  view.setUint32(at.point!, head.point ?? 0, true);
  view.setUint16(at.cpu!, head.cpu ?? 0, true);
  view.setUint8(at.query!, of.index);
  view.setUint8(
    at.flags!,
    (head.flags ?? []).reduce((bits, flag) => bits | RECORD_FLAG[flag], 0),
  );
  view.setBigUint64(at.location!, head.location ?? 0n, true);
  view.setUint32(at.reason!, head.reason ?? 0, true);
  view.setUint32(at.size!, of.record.size, true);
  for (const slot of of.record.slots) {
    const value = values[slot.key];
    if (!value) continue;
    bytes.set(value.subarray(0, slot.size), slot.offset);
    if (slot.bit !== undefined) bytes[of.record.presence + (slot.bit >> 3)]! |= 1 << (slot.bit & 7);
  }
  return bytes;
}

export function batchOf(...records: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(records.map((bytes) => Buffer.from(bytes))));
}

export function le(value: bigint | number, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return bytes.subarray(0, size);
}

export const chars = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);

export const POINTS: AttachPlan["points"] = [
  { kind: "function", name: "ip_rcv" },
  { kind: "tracepoint", name: "net:netif_receive_skb" },
  { kind: "drop", name: "skb:kfree_skb" },
  { kind: "function", name: "nft_do_chain", module: "nf_tables" },
];

const NAMES: Names = {
  symbol: (address) =>
    address >= 0xffffffff81000000n && address < 0xffffffff81001000n
      ? { name: "nf_hook_slow", offset: Number(address - 0xffffffff81000000n) }
      : address >= 0xffffffffc0000000n
        ? { name: "nft_do_chain", offset: Number(address - 0xffffffffc0000000n), module: "nf_tables" }
        : undefined,
  netns: (inode) => (inode === 4026532000 ? "client" : undefined),
  cgroup: (id) => (id === 77 ? `/system.slice/docker-${"0123456789ab".padEnd(64, "0")}.scope` : undefined),
  container: (id) => (id === 77 ? "web" : undefined),
};

/** Event times are nanoseconds since 2026-01-02T03:04:05Z. */
export const context = (points = POINTS): DecodeContext => ({
  points,
  clock: clock(0n, 1_767_323_045_000_000_000n),
  names: NAMES,
  reasonType: int(32, {
    names: {
      name: "skb_drop_reason",
      values: new Map([
        ["NOT_SPECIFIED", 2n],
        ["NETFILTER_DROP", 8n],
      ]),
    },
  }),
});

export function compiled(queries: readonly CompiledQuery[], plan: Partial<AttachPlan> = {}): Compiled {
  return {
    object: new Uint8Array(),
    templates: ["kprobe.x86_64"],
    remembers: { packets: true, last: false, seen: false, calls: false },
    plan: {
      backend: "kprobe-multi",
      points: POINTS,
      kprobes: [],
      tracepoints: [],
      programPoints: [],
      leftOut: () => [],
      notices: [],
      ...plan,
    },
    queries,
    listing: [],
  };
}
