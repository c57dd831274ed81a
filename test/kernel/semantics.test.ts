import { describe, expect, it } from "vitest";
import {
  alu,
  be16,
  be32,
  be64,
  call,
  exit,
  fp,
  type Insn,
  type Item,
  jump,
  label,
  ldx,
  le16,
  le32,
  le64,
  mov,
  neg,
  neg32,
  r0,
  r1,
  r2,
  r3,
  r4,
  r6,
  r7,
  r8,
  stx,
  writeObject,
} from "../../src/compiler/bpf/index.ts";
import { Machine } from "../bpf/interpreter.ts";
import { because, missing, runOnPackets } from "./bpf.ts";

/** The interpreter against this kernel's JIT compiler: the same function on the same numbers. */

const reason = missing();

/** Every operation on r0 = r6 (and r7), each result mixed into r8. */
const operations: readonly Insn[] = [
  ...Object.values(alu).flatMap((op) => [op.reg(r0, r7), op.reg32(r0, r7), op.imm(r0, 13), op.imm32(r0, 13)]),
  ...[alu.add, alu.mul, alu.div, alu.mod, alu.and, alu.xor].flatMap((op) => [
    op.imm(r0, -3),
    op.imm32(r0, -3),
  ]),
  ...[neg, neg32, be16, be32, be64, le16, le32, le64].map((op) => op(r0)),
  ...([1, 2, 4, 8] as const).flatMap((size) => [stx(size, fp, -8, r0), ldx(size, r0, fp, -8)]),
];
const conditions = Object.values(jump).flatMap((op) => [
  (to: string) => op.reg(r1, r2, to),
  (to: string) => op.reg32(r1, r2, to),
  (to: string) => op.imm(r1, -3, to),
  (to: string) => op.imm32(r1, 13, to),
]);
/** Copies the verifier does not know for copies: what a condition says about r1 stays with r1, so that states merge. */
const copies = [mov.reg(r1, r6), alu.xor.imm(r1, 0), mov.reg(r2, r7), alu.xor.imm(r2, 0)];
const mix = [alu.mul.imm(r8, 0x1003f), alu.xor.reg(r8, r0)];

const compute: readonly Item[] = [
  mov.reg(r6, r1),
  mov.reg(r7, r2),
  mov.imm(r8, 0),
  stx(8, fp, -8, r1),
  ...operations.flatMap((op) => [mov.reg(r0, r6), op, ...mix]),
  ...conditions.flatMap((condition, i) => [
    ...copies,
    mov.imm(r0, 1),
    condition(`taken${i}`),
    mov.imm(r0, 0),
    label(`taken${i}`),
    ...mix,
  ]),
  // A program returns 32 bits.
  mov.reg(r0, r8),
  alu.rsh.imm(r0, 32),
  alu.xor.reg(r0, r8),
  exit,
];

/** `compute` of two numbers that lie after the Ethernet header. `__sk_buff.data` and `data_end` are at 76 and 80. */
const main: readonly Item[] = [
  ldx(4, r3, r1, 76),
  ldx(4, r4, r1, 80),
  mov.reg(r0, r3),
  alu.add.imm(r0, 30),
  jump.gt.reg(r0, r4, "short"),
  ldx(8, r1, r3, 14),
  ldx(8, r2, r3, 22),
  call.local("compute"),
  exit,
  label("short"),
  mov.imm(r0, 0),
  exit,
];

const functions = [
  { name: "main", section: "tc", visibility: "global", params: 1, insns: main },
  { name: "compute", section: ".text", visibility: "hidden", params: 2, insns: compute },
] as const;

const NUMBERS = [
  0n,
  1n,
  13n,
  33n,
  -1n,
  -3n,
  0x7fff_ffffn,
  0x8000_0000n,
  0x1_0000_0000n,
  0x8000_0000_0000_0000n,
  0x0123_4567_89ab_cdefn,
];
const PAIRS = NUMBERS.flatMap((a) =>
  NUMBERS.map((b) => [BigInt.asUintN(64, a), BigInt.asUintN(64, b)] as const),
);

const packet = ([a, b]: readonly [bigint, bigint]): Uint8Array => {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(14, a, true);
  view.setBigUint64(22, b, true);
  return bytes;
};

describe.skipIf(reason)(`the interpreter${because(reason)}`, () => {
  it("computes what the kernel computes", () => {
    const object = writeObject({ functions, externs: [], rodata: [], license: "GPL" });
    const machine = new Machine({ functions });
    const interpreted = PAIRS.map((pair) => Number(BigInt.asUintN(32, machine.call("compute", pair))));
    const ran = runOnPackets(object, "main", PAIRS.map(packet));
    expect(ran.length).toBe(PAIRS.length);
    expect(interpreted).toEqual(ran);
  });
});
