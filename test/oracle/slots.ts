import type { RecordLayout, Slot } from "../../src/compiler/compiled.ts";
import type { Value } from "../../src/compiler/evaluate.ts";
import { TUPLE } from "../../src/compiler/layout.ts";

export interface Tuple {
  readonly version: 4 | 6;
  /** 0 where it is not known. */
  readonly source: bigint;
  readonly target: bigint;
  readonly ports: readonly [source: number, target: number] | undefined;
  readonly proto: number | undefined;
}

/** Only to compare. */
export const tupleText = ({ version, source, target, ports, proto }: Tuple): string =>
  `v${version} ${source.toString(16)} ${target.toString(16)} ${ports?.join("-")} ${proto}`;

/** What a record says, by the keys of its slots; absent ones left out. A plain reading of `Encoding`. */
export function slotsOf(record: Uint8Array, layout: RecordLayout): ReadonlyMap<string, Value> {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const values = new Map<string, Value>();
  for (const slot of layout.slots) {
    const there =
      slot.bit === undefined ||
      ((view.getBigUint64(layout.presence + 8 * Math.floor(slot.bit / 64), true) >> BigInt(slot.bit % 64)) &
        1n) ===
        1n;
    if (there) values.set(slot.key, read(record, view, slot));
  }
  return values;
}

function read(record: Uint8Array, view: DataView, { encoding, offset, size, type, key }: Slot): Value {
  const bytes = (at: number, count: number): Uint8Array => record.slice(offset + at, offset + at + count);
  const big = (at: number, count: number): bigint =>
    bytes(at, count).reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);
  switch (encoding) {
    case "uint":
    case "sint": {
      const little = Uint8Array.from(bytes(0, size)).reverse();
      const number = little.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);
      if (type.kind === "bool") return number !== 0n;
      return encoding === "sint" ? BigInt.asIntN(8 * size, number) : number;
    }
    case "ip4":
      return { version: 4, value: big(0, 4) };
    case "ip6":
      return { version: 6, value: big(0, 16) };
    case "ip":
      return view.getUint32(offset, true) === 4
        ? { version: 4, value: big(8, 4) }
        : { version: 6, value: big(8, 16) };
    case "mac":
      return big(0, 6);
    case "chars":
      return new TextDecoder().decode(bytes(0, size)).replace(/\0[\s\S]*$/, "");
    case "bytes":
      return bytes(0, size);
    case "counted":
      return bytes(4, view.getUint32(offset, true));
    case "tuple": {
      const member = (name: string, count: number): bigint => big(TUPLE.offsets[name]!, count);
      const version = Number(member("version", 1)) === 4 ? 4 : 6;
      const port = (name: string): number => view.getUint16(offset + TUPLE.offsets[name]!, true);
      return tupleText({
        version,
        source: member("src", version === 4 ? 4 : 16),
        target: member("dst", version === 4 ? 4 : 16),
        ports: member("has", 1) & 1n ? [port("sport"), port("dport")] : undefined,
        proto: member("has", 1) & 2n ? Number(member("proto", 1)) : undefined,
      });
    }
    default:
      throw new Error(`slot ${key}: ${encoding} is not a value of a field`);
  }
}
