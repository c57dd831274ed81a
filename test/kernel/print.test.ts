import { describe, expect, it } from "vitest";
import {
  alu,
  assemble,
  call,
  exit,
  fp,
  HELPER,
  type Item,
  label,
  mov,
  note,
  printInsn,
  r0,
  r1,
  r2,
  r3,
  r4,
  r6,
  r9,
  st,
  writeObject,
} from "../../src/compiler/bpf/index.ts";
import { VECTORS } from "../bpf/vectors.ts";
import { because, loadAlone, missing } from "./bpf.ts";

const reason = missing();

/** Unknown numbers in r0, r2, r3, r4, r9; in r1 too unless the instruction uses it as an address; r6 into the stack. */
function setUp(text: string): Item[] {
  const address = text.includes("(r1 ");
  const unknown = ([r2, r3, r4, r9] as const).map((register) => mov.reg(register, r0));
  return [
    call.helper(HELPER.get_prandom_u32),
    ...unknown,
    ...(address ? [mov.reg(r1, fp), alu.add.imm(r1, -64)] : [mov.reg(r1, r0)]),
    mov.reg(r6, fp),
    alu.add.imm(r6, -64),
  ];
}

/** Calls have arguments, `exit` ends every function: they are in the program once anyway. */
const straight = VECTORS.filter(([{ symbol }, , text]) => symbol === undefined && !/^(call|exit)/.test(text));

const program: readonly Item[] = [
  ...[-512, -80, -72, -64, -56, -48, -40, -32, -24, -16, -8].map((off) => st(8, fp, off, 0)),
  ...straight.flatMap(([insn, , text], i) => [
    ...setUp(text),
    note("compare", insn.label === undefined ? insn : { ...insn, label: `next${i}` }),
    // Something to jump over, unless nothing would ever reach it.
    ...(insn.label === undefined
      ? []
      : [...(text.startsWith("if") ? [mov.imm(r3, 0)] : []), label(`next${i}`)]),
  ]),
  mov.reg(r1, fp),
  alu.add.imm(r1, -8),
  mov.imm(r2, 8),
  mov.imm(r3, 0),
  note("compare", call.helper(HELPER.probe_read_kernel)),
  mov.imm(r0, 0),
  note("compare", exit),
];

describe.skipIf(reason)(`the printer${because(reason)}`, () => {
  it("writes what this kernel's verifier writes", () => {
    const main = {
      name: "all",
      section: "raw_tp/kfree_skb",
      visibility: "global",
      params: 1,
      insns: program,
    } as const;
    const object = writeObject({ functions: [main], externs: [], rodata: [], license: "GPL" });
    const log = new Map<number, string>();
    for (const [, pc, text = ""] of loadAlone(object, "all").log.matchAll(
      /^(\d+): \([0-9a-f]{2}\) (.*?)(?:\s+;.*)?$/gm,
    ))
      log.set(Number(pc), text);
    const compared = assemble("all", program).table.filter((entry) => entry.comment === "compare");
    expect(compared.length).toBe(straight.length + 2);
    expect(compared.map(({ insn }) => printInsn(insn))).toEqual(compared.map(({ pc }) => log.get(pc)));
  });
});
