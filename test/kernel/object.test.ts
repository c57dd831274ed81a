import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  alu,
  at,
  call,
  exit,
  fp,
  type Item,
  jump,
  label,
  lddwSymbol,
  ldx,
  mov,
  type ObjectUnit,
  r0,
  r1,
  r2,
  r6,
  st,
  writeObject,
} from "../../src/compiler/bpf/index.ts";
import { readBtf } from "../../src/compiler/btf/reader.ts";
import { because, linkAndLoad, loadAlone, missing } from "./bpf.ts";

const reason = missing();
const WHERE = { start: 0, end: 1 };

function unit(query: readonly Item[]): ObjectUnit {
  return {
    functions: [
      { name: "pwq_query", section: ".text", visibility: "hidden", params: 1, insns: query },
      {
        name: "pwq_select",
        section: ".text",
        visibility: "hidden",
        params: 1,
        insns: [mov.imm(r0, 1), exit],
      },
      {
        name: "pwq_parse",
        section: ".text",
        visibility: "hidden",
        params: 1,
        insns: [ldx(8, r0, r1, 8), exit],
      },
      {
        name: "pwq_tp_kfree_skb",
        section: "raw_tp/kfree_skb",
        visibility: "global",
        params: 1,
        insns: [mov.imm(r2, 3), call.local("pwq_tracepoint"), mov.imm(r0, 0), exit],
      },
    ],
    externs: [
      { name: "pwq_admit", params: 2 },
      { name: "pwq_tracepoint", params: 2 },
    ],
    rodata: [
      { name: "odd", bytes: new Uint8Array(5) },
      { name: "ports", bytes: Uint8Array.from({ length: 16 }, (_, i) => i) },
    ],
    line: () => ({ file: "query.pwq", text: "where tcp.dport == 443", line: 3, column: 11 }),
  };
}

const query: readonly Item[] = [
  mov.reg(r6, r1),
  call.local("pwq_parse"),
  ...at(WHERE, [
    alu.and.imm(r0, 15),
    lddwSymbol(r1, "ports"),
    alu.add.reg(r1, r0),
    ldx(1, r2, r1, 0),
    jump.ne.imm(r2, 3, "no"),
  ]),
  mov.reg(r1, r6),
  call.local("pwq_admit"),
  label("no"),
  mov.imm(r0, 0),
  exit,
];

describe.skipIf(reason)(`a generated object in this kernel${because(reason)}`, () => {
  it("is linked with a template from clang and loads; bpftool shows the query's text", () => {
    const { xlated } = linkAndLoad(writeObject(unit(query)), "pwq_tp_kfree_skb");
    expect(xlated).toContain("; where tcp.dport == 443 [file:query.pwq line_num:3 line_col:11]");
    // After the template's `knob` (8 bytes) and `odd` (5, padded to 8).
    expect(xlated).toMatch(/r1 = map\[id:\d+\]\[0\]\+16\n/);
    for (const name of ["pwq_tp_kfree_skb", "pwq_query", "pwq_parse"])
      expect(xlated).toContain(`unsigned long long ${name}(unsigned long long arg1):`);
    expect(xlated).toMatch(/call pc\+\d+#bpf_prog_[0-9a-f]+_pwq_admit/);
  });

  it("is refused with the query's text beside the instruction if it is wrong", () => {
    const wrong = unit([...at(WHERE, [alu.add.reg(r0, r1)]), exit]);
    expect(() => linkAndLoad(writeObject(wrong), "pwq_tp_kfree_skb")).toThrow(
      /; where tcp\.dport == 443 @ query\.pwq:3\n\d+: \(0f\) r0 \+= r1\nR0 !read_ok/,
    );
  });

  it("loads alone with a license of its own", () => {
    const alone: ObjectUnit = {
      functions: [
        {
          name: "alone",
          section: "raw_tp/kfree_skb",
          visibility: "global",
          params: 1,
          insns: [lddwSymbol(r1, "table", 2), ldx(1, r0, r1, 0), exit],
        },
      ],
      externs: [],
      rodata: [{ name: "table", bytes: Uint8Array.of(1, 2, 3) }],
      license: "GPL",
    };
    expect(loadAlone(writeObject(alone), "alone").xlated).toMatch(/r1 = map\[id:\d+\]\[0\]\+2\n/);
  });

  it("has functions that are verified by themselves, with memory from their caller", () => {
    const reads = (offset: number): ObjectUnit => {
      const sum: readonly Item[] = [
        jump.eq.imm(r1, 0, "none"),
        ldx(8, r0, r1, offset),
        exit,
        label("none"),
        mov.imm(r0, 0),
        exit,
      ];
      const calls: readonly Item[] = [
        ...[-16, -8].map((off) => st(8, fp, off, 1)),
        mov.reg(r1, fp),
        alu.add.imm(r1, -16),
        call.local("sum"),
        exit,
      ];
      return {
        functions: [
          { name: "main", section: "raw_tp/kfree_skb", visibility: "global", params: 1, insns: calls },
          {
            name: "sum",
            section: ".text",
            visibility: "global",
            memory: [{ name: "pair", size: 16 }],
            params: 1,
            insns: sum,
          },
        ],
        externs: [],
        rodata: [],
        license: "GPL",
      };
    };
    expect(loadAlone(writeObject(reads(8)), "main").xlated).toMatch(/sum\(struct pair \*\s*arg1\):/);
    expect(() => loadAlone(writeObject(reads(16)), "main")).toThrow(
      "invalid access to memory, mem_size=16 off=16 size=8",
    );
  });

  const vmlinux = reason ? undefined : readBtf(readFileSync("/sys/kernel/btf/vmlinux"), "vmlinux");
  const cast = vmlinux?.find("func", "bpf_rdonly_cast")?.id;
  const skb = vmlinux?.find("struct", "sk_buff");
  const length = (skb?.members.find((m) => m.name === "len")?.bitOffset ?? 0) / 8;

  it.skipIf(cast === undefined)("reads kernel memory, and only reads it, through a kernel function", () => {
    const castSkb = [ldx(8, r1, r1, 0), mov.imm(r2, skb?.id ?? 0), call.kfunc(cast ?? 0)];
    const reads = unit([...castSkb, ldx(4, r0, r0, length), exit]);
    expect(linkAndLoad(writeObject(reads), "pwq_tp_kfree_skb").log).toContain(`call bpf_rdonly_cast#${cast}`);
    const writes = unit([...castSkb, st(4, r0, length, 0), exit]);
    expect(() => linkAndLoad(writeObject(writes), "pwq_tp_kfree_skb")).toThrow("only read is supported");
  });
});
