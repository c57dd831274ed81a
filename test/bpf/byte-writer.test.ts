import { expect, it } from "vitest";
import { ByteWriter } from "../../src/compiler/bpf/byte-writer.ts";

it("keeps every kind of value while it grows", () => {
  const kinds: readonly [bytes: number, write: (out: ByteWriter, value: number) => void][] = [
    [1, (out, value) => out.u8(value)],
    [2, (out, value) => out.u16(value)],
    [4, (out, value) => out.u32(value)],
    [8, (out, value) => out.u64(value)],
    [3, (out, value) => out.append(Uint8Array.of(value, 0, 0))],
  ];
  for (const [bytes, write] of kinds) {
    const out = new ByteWriter();
    for (let i = 0; i < 5000; i++) write(out, i % 251);
    expect(out.size).toBe(5000 * bytes);
    expect([...out.bytes()].filter((_, at) => at % bytes === 0)).toEqual(
      Array.from({ length: 5000 }, (_, i) => i % 251),
    );
  }
});

it("is little-endian and fills up with zeroes", () => {
  const out = new ByteWriter();
  out.u16(0x0102);
  out.align(4);
  out.u32(0x03040506);
  out.align(8);
  expect([...out.bytes()]).toEqual([2, 1, 0, 0, 6, 5, 4, 3]);
});
