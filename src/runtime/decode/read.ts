import type { Encoding, RecordLayout, Slot } from "../../compiler/compiled.ts";
import { TUPLE } from "../../compiler/layout.ts";
import { asText, type Text, type Value } from "../format.ts";
import { charsText, hexText, ip4Text, ip6Text, macText } from "../text.ts";
import { type Batch, s64, u64 } from "./batch.ts";
import { dumpText } from "./dump.ts";
import { wordCache } from "./word-cache.ts";

/** Reads one value of the record that begins at byte `at` of the batch; undefined: the packet does not have it. */
export type Read = (at: number) => Value | undefined;

/** How a slot of a record is read. `symbol` names return addresses in stacks. */
export function slotRead(
  batch: Batch,
  record: RecordLayout,
  slot: Slot,
  symbol: (address: number | bigint) => Text,
): Read {
  const read = READERS[slot.encoding](batch, slot, symbol);
  if (slot.bit === undefined) return read;
  const word = (record.presence >> 2) + (slot.bit >> 5);
  const mask = 1 << (slot.bit & 31);
  return (at) => (batch.u32[(at >> 2) + word]! & mask ? read(at) : undefined);
}

type MakeRead = (batch: Batch, slot: Slot, symbol: (address: number | bigint) => Text) => Read;

const READERS: Readonly<Record<Encoding, MakeRead>> = {
  uint: (batch, slot) => numberRead(batch, slot, false),
  sint: (batch, slot) => numberRead(batch, slot, true),
  ip4: (batch, slot) => cached(batch, slot, 4, (b, at) => ip4Text(b, at)),
  ip6: (batch, slot) => cached(batch, slot, 16, (b, at) => ip6Text(b, at)),
  ip: (batch, slot) =>
    cached(batch, slot, 24, (b, at) => (b[at] === 4 ? ip4Text(b, at + 8) : ip6Text(b, at + 8))),
  mac: (batch, slot) => cached(batch, slot, 8, (b, at) => macText(b, at)),
  chars: (batch, slot) => cached(batch, slot, slot.size, (b, at) => charsText(b, at, at + slot.size)),
  bytes: (batch, { offset, size, type }) =>
    type.kind === "bytes" && type.words
      ? (at) => wordTexts(batch.u32.subarray((at + offset) >> 2, (at + offset + size) >> 2))
      : (at) => asText(hexText(batch.u8, at + offset, at + offset + size)),
  counted: (batch, { offset, size, type }) => {
    const spell = type.kind === "string" ? charsText : hexText;
    return (at) => {
      const from = at + offset;
      const length = Math.min(batch.u32[from >> 2]!, size - 4);
      return asText(spell(batch.u8, from + 4, from + 4 + length));
    };
  },
  stack: (batch, { offset, size }, symbol) => {
    const most = (size - 8) >> 3;
    return (at) => {
      const from = (at + offset) >> 2;
      const frames: Text[] = [];
      const count = Math.min(batch.u32[from]! >> 3, most);
      for (let i = 0; i < count; i++) {
        frames.push(symbol(u64(batch.u32[from + 2 + 2 * i]!, batch.u32[from + 3 + 2 * i]!)));
      }
      // The kernel copies no more than there is room for and does not say whether there was more.
      if (count === most) frames.push(CUT);
      return withoutTracer(frames);
    };
  },
  dump: (batch, { offset, size, type, key }) => {
    if (type.kind !== "dump") throw new RangeError(`slot ${key}: its type has no members`);
    return (at) => dumpText(type.name, type.shape, batch.u8.subarray(at + offset, at + offset + size));
  },
  tuple: (batch, slot) => cached(batch, slot, TUPLE.size, tupleText),
};

const wordTexts = (words: Uint32Array): readonly Text[] =>
  Array.from(words, (word) => {
    const text = `0x${word.toString(16)}`;
    return { raw: text, text, json: String(word) };
  });

/** Below the last frame of a stack that may go on. */
const CUT = asText("…");

/** What calls a program at a tracepoint. Above it are only programs, ours, whose names the kernel may not tell. */
const TRACER = /^(?:bpf_trace_run\d+\+|__bpf_trace_|__traceiter_)/;
const PROGRAM = /^(?:bpf_prog_|0x)/;

function withoutTracer(frames: readonly Text[]): readonly Text[] {
  const ours = frames.findIndex(({ raw }) => !PROGRAM.test(raw));
  if (ours === -1 || !TRACER.test(frames[ours]!.raw)) return frames;
  const from = frames.findIndex(({ raw }, i) => i > ours && !TRACER.test(raw));
  return from === -1 ? frames : frames.slice(from);
}

/** `make` spells `bytes` bytes at an offset of the batch; what was spelt before is taken from a cache. */
function cached(batch: Batch, slot: Slot, bytes: number, make: (b: Uint8Array, at: number) => string): Read {
  const { offset } = slot;
  const text = (at: number): Text => asText(make(batch.u8, at));
  if (offset % 4 !== 0 || bytes % 4 !== 0) return (at) => text(at + offset);
  const known = wordCache(batch, bytes, text);
  return (at) => known(at + offset);
}

function numberRead(batch: Batch, { offset, size, key }: Slot, signed: boolean): Read {
  switch (size) {
    case 1:
      return signed ? (at) => (batch.u8[at + offset]! << 24) >> 24 : (at) => batch.u8[at + offset];
    case 2:
      return signed
        ? (at) => (batch.u16[(at + offset) >> 1]! << 16) >> 16
        : (at) => batch.u16[(at + offset) >> 1];
    case 4:
      return signed ? (at) => batch.i32[(at + offset) >> 2] : (at) => batch.u32[(at + offset) >> 2];
    case 8:
      return signed
        ? (at) => s64(batch.u32[(at + offset) >> 2]!, batch.i32[((at + offset) >> 2) + 1]!)
        : (at) => u64(batch.u32[(at + offset) >> 2]!, batch.u32[((at + offset) >> 2) + 1]!);
    default:
      throw new RangeError(`slot ${key}: a number of ${size} bytes`);
  }
}

/** Names of the transports that people know by name; others are written as `proto 132`. */
const TRANSPORTS: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [2, "igmp"],
  [4, "ipip"],
  [6, "tcp"],
  [17, "udp"],
  [41, "ip6"],
  [47, "gre"],
  [50, "esp"],
  [51, "ah"],
  [58, "icmp6"],
  [89, "ospf"],
  [132, "sctp"],
]);

const PORTS = 1;
const PROTO = 2;

/** `10.0.0.1:1234 > 10.0.0.2:443 tcp`, `[fd00::1]:1234 > [fd00::2]:443 udp`, `10.0.0.1 > 10.0.0.2 icmp` */
function tupleText(b: Uint8Array, at: number): string {
  const at2 = (name: string): number => at + TUPLE.offsets[name]!;
  const six = b[at2("version")] === 6;
  const has = b[at2("has")]!;
  const port = (name: string): string => `:${b[at2(name)]! | (b[at2(name) + 1]! << 8)}`;
  const end = (address: string, portName: string): string => {
    const text = six ? ip6Text(b, at2(address)) : ip4Text(b, at2(address));
    if (!(has & PORTS)) return text;
    return (six ? `[${text}]` : text) + port(portName);
  };
  const proto = b[at2("proto")]!;
  const transport = has & PROTO ? ` ${TRANSPORTS.get(proto) ?? `proto ${proto}`}` : "";
  return `${end("src", "sport")} > ${end("dst", "dport")}${transport}`;
}
