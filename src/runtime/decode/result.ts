import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";
import type { Read } from "./read.ts";

/** What a function or a BPF program returned: as much of the register in the record's head as the function's type says. */
export function resultRead(batch: Batch, { points }: DecodeContext): Read {
  const { point, location } = head(batch);
  const cuts = points.map(({ kind, value }) =>
    (kind === "return" || kind === "program") && value ? cutter(value) : undefined,
  );
  return (at) => cuts[point(at)]?.(BigInt(location(at)));
}

type Value = NonNullable<DecodeContext["points"][number]["value"]>;

function cutter(value: Value): (register: bigint) => number | bigint {
  if (value.kind === "pointer") return exact;
  const { size, signed, bigEndian } = value;
  const cut = signed ? BigInt.asIntN : BigInt.asUintN;
  return (register) => exact(cut(size * 8, bigEndian ? swap(register, size) : register));
}

const exact = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

function swap(value: bigint, size: number): bigint {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, BigInt.asUintN(size * 8, value), true);
  return bytes.getBigUint64(0, false) >> BigInt(64 - size * 8);
}
