import { describe, expect, it } from "vitest";
import {
  assemble,
  at,
  constant,
  exit,
  type Item,
  ja,
  jump,
  label,
  lddw,
  lddwSymbol,
  ldx,
  mov,
  note,
  r0,
  r1,
  st,
} from "../../src/compiler/bpf/index.ts";
import { VECTORS } from "./vectors.ts";

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
/** The label of the vectors' jumps, three slots on. */
const TAIL: readonly Item[] = [exit, exit, exit, label("to"), exit];

describe("encoding", () => {
  it.each(VECTORS.map(([insn, bytes, text]) => ({ insn, bytes, text })))("$text", ({ insn, bytes }) => {
    const { bytes: all } = assemble("f", [insn, ...TAIL]);
    expect(hex(all.subarray(0, -32))).toBe(bytes);
  });
});

describe("jumps", () => {
  it("count two slots for a 64-bit constant, forwards and backwards", () => {
    const { table } = assemble("f", [
      label("again"),
      lddw(r0, 1n),
      jump.eq.imm(r0, 0, "end"),
      lddw(r1, 2n),
      ja("again"),
      label("end"),
      exit,
    ]);
    expect(table.map(({ pc, insn }) => [pc, insn.off])).toEqual([
      [0, 0],
      [2, 3],
      [3, 0],
      [5, -6],
      [6, 0],
    ]);
  });

  it("reach 32,767 slots and no further", () => {
    const over = (count: number): readonly Item[] => [
      ja("far"),
      ...Array.from({ length: count }, () => mov.imm(r0, 0)),
      label("far"),
      exit,
    ];
    expect(assemble("f", over(32_767)).table[0]?.insn.off).toBe(32_767);
    expect(() => assemble("f", over(32_768))).toThrow("f: label far is 32768 slots away");
  });

  it("need one label of that name", () => {
    expect(() => assemble("f", [ja("nowhere"), exit])).toThrow("f: jump to undefined label nowhere");
    expect(() => assemble("f", [label("a"), exit, label("a"), exit])).toThrow("f: label a is defined twice");
    expect(() => assemble("f", [exit, label("end")])).toThrow("f: label end marks no instruction");
    expect(() => assemble("f", [])).toThrow("f: no instructions");
  });
});

describe("immediates and offsets", () => {
  it("must fit", () => {
    expect(() => mov.imm(r0, 2 ** 31)).toThrow("2147483648 is not a signed 32-bit number");
    expect(() => mov.imm(r0, 1.5)).toThrow("1.5 is not");
    expect(() => mov.imm32(r0, 2 ** 32)).toThrow("does not fit in 32 bits");
    expect(() => st(8, r0, 0, 2 ** 31)).toThrow("not a signed 32-bit number");
    expect(() => assemble("f", [ldx(4, r0, r1, 32_768), exit])).toThrow("f: pc 0: offset 32768");
  });

  it("take the shortest instruction for a constant", () => {
    expect(constant(r1, -5)).toEqual(mov.imm(r1, -5));
    expect(constant(r1, 0xffff_ffff_ffff_fffbn)).toEqual(mov.imm(r1, -5));
    expect(constant(r1, 0xc0a8_0001)).toEqual(mov.imm32(r1, 0xc0a8_0001));
    expect(constant(r1, 1n << 32n)).toEqual(lddw(r1, 1n << 32n));
  });
});

describe("what an instruction is for", () => {
  const span = { start: 6, end: 22 };
  const inner = { start: 8, end: 9 };

  it("stays with its place in the function", () => {
    const insns = at(span, [label("a"), lddw(r0, 0n), ...at(inner, [mov.imm(r1, 1)]), note("done", exit)]);
    expect(assemble("f", insns).table).toMatchObject([
      { pc: 0, span, labels: ["a"] },
      { pc: 2, span: inner, labels: [] },
      { pc: 3, span, comment: "done" },
    ]);
  });

  it("is told to the linker where it is a name", () => {
    const { relocations, bytes } = assemble("f", [lddwSymbol(r1, "table", 12), exit]);
    expect(relocations).toEqual([{ pc: 0, kind: "address", symbol: "table" }]);
    expect(hex(bytes.subarray(0, 16))).toBe("18 01 00 00 0c 00 00 00 00 00 00 00 00 00 00 00");
  });
});
