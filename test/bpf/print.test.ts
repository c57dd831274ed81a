import { describe, expect, it } from "vitest";
import {
  assemble,
  call,
  exit,
  jump,
  label,
  lddwSymbol,
  lddwVariable,
  ldx,
  mov,
  note,
  printFunction,
  printInsn,
  r0,
  r1,
  r6,
} from "../../src/compiler/bpf/index.ts";
import { VECTORS } from "./vectors.ts";

const tail = [exit, exit, exit, label("to"), exit];

describe("an instruction", () => {
  it.each(VECTORS.map(([insn, , text]) => ({ insn, text })))("prints as $text", ({ insn, text }) => {
    const [first] = assemble("f", [insn, ...tail]).table;
    expect(first && printInsn(first.insn)).toBe(text);
  });

  it("says so if it is none", () => {
    expect(printInsn({ ...exit, op: 0xff })).toBe("unknown opcode 0xff");
  });
});

it("a function prints with its labels, names and comments", () => {
  const code = assemble("pwq_query", [
    mov.reg(r6, r1),
    note("skb->len", ldx(4, r0, r6, 112)),
    jump.gt.imm(r0, 1500, "no"),
    lddwSymbol(r1, "ports", 8),
    lddwVariable(r1, 77),
    call.kfunc(321),
    call.local("pwq_admit"),
    label("no"),
    mov.imm(r0, 0),
    exit,
  ]);
  const kfunc = (id: number): string | undefined => (id === 321 ? "bpf_rdonly_cast" : undefined);
  const lines = printFunction(code, { kfunc }).flatMap(({ pc, text, labels }) => [
    ...labels.map((name) => `${name}:`),
    `${String(pc).padStart(4)}: ${text}`,
  ]);
  expect(lines.join("\n")).toBe(
    `
   0: r6 = r1
   1: r0 = *(u32 *)(r6 +112)            ; skb->len
   2: if r0 > 0x5dc goto no
   3: r1 = &ports+8
   5: r1 = &kernel-variable#77
   7: call bpf_rdonly_cast#321
   8: call pwq_admit
no:
   9: r0 = 0
  10: exit`.slice(1),
  );
});
