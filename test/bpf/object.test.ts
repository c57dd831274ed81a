import { describe, expect, it } from "vitest";
import {
  at,
  call,
  exit,
  lddw,
  lddwSymbol,
  ldx,
  mov,
  type ObjectFunction,
  type ObjectUnit,
  r0,
  r1,
  r2,
  writeObject,
} from "../../src/compiler/bpf/index.ts";
import {
  dumpBtf,
  dumpExtInfo,
  readRelocations,
  readSections,
  readSymbols,
  sectionBytes,
} from "./read-object.ts";

const WHERE = { start: 10, end: 32 };
const SHOW = { start: 33, end: 42 };

const query: ObjectFunction = {
  name: "pwq_query",
  section: ".text",
  visibility: "hidden",
  params: 1,
  insns: [
    mov.imm(r0, 0),
    ...at(WHERE, [lddwSymbol(r1, "ports", 4), ldx(4, r2, r1, 0), call.local("pwq_parse")]),
    ...at(SHOW, [call.local("pwq_admit"), mov.imm(r0, 1)]),
    exit,
  ],
};
const parse: ObjectFunction = {
  name: "pwq_parse",
  section: ".text",
  visibility: "hidden",
  params: 1,
  insns: [mov.reg(r0, r1), exit],
};
const tracepoint: ObjectFunction = {
  name: "pwq_tp_kfree_skb",
  section: "raw_tp/kfree_skb",
  visibility: "global",
  params: 1,
  insns: [lddw(r2, 1n << 40n), call.local("pwq_tracepoint"), exit],
};
const unit: ObjectUnit = {
  functions: [query, tracepoint, parse],
  externs: [
    { name: "pwq_admit", params: 2 },
    { name: "pwq_end", params: 2 },
    { name: "pwq_tracepoint", params: 5 },
  ],
  rodata: [
    { name: "flags", bytes: Uint8Array.of(1, 2, 3) },
    { name: "ports", bytes: Uint8Array.from({ length: 12 }, (_, i) => i) },
    { name: "tail", bytes: Uint8Array.of(9), align: 1 },
  ],
  line: (span) =>
    span.start === WHERE.start
      ? { file: "q.pwq", text: "where tcp.dport == 443", line: 3, column: 11 }
      : { file: "q.pwq", text: "show mark", line: 4, column: 2000 },
};
const object = writeObject(unit);

describe("ELF", () => {
  const sections = readSections(object);
  const named = (name: string) => sections.find((s) => s.name === name);

  it("is a relocatable eBPF file", () => {
    expect([...object.subarray(0, 20)]).toEqual([
      0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 247, 0,
    ]);
  });

  it("has the sections libbpf's linker wants, aligned as they say", () => {
    expect(
      sections.map(({ name, type, flags, align, entrySize }) => [name, type, flags, align, entrySize]),
    ).toEqual([
      ["", 0, 0, 0, 0],
      [".text", 1, 6, 8, 0],
      ["raw_tp/kfree_skb", 1, 6, 8, 0],
      [".rodata", 1, 2, 8, 0],
      [".BTF", 1, 0, 4, 0],
      [".BTF.ext", 1, 0, 4, 0],
      [".rel.text", 9, 0x40, 8, 16],
      [".relraw_tp/kfree_skb", 9, 0x40, 8, 16],
      [".symtab", 2, 0, 8, 24],
      [".strtab", 3, 0, 1, 0],
    ]);
    for (const { align, offset } of sections.slice(1)) expect(offset % align).toBe(0);
  });

  it("links relocations to the symbol table and the code, the symbol table to its strings and first global", () => {
    const index = (name: string): number => named(name)?.index ?? -1;
    expect(named(".rel.text")).toMatchObject({ link: index(".symtab"), info: index(".text") });
    expect(named(".relraw_tp/kfree_skb")).toMatchObject({
      link: index(".symtab"),
      info: index("raw_tp/kfree_skb"),
    });
    const locals = readSymbols(object).findIndex((s) => s.binding === 1);
    expect(named(".symtab")).toMatchObject({ link: index(".strtab"), info: 1 + locals });
  });

  it("has local symbols first, hidden functions, and externs that are used", () => {
    const table = readSymbols(object).map(({ name, section, value, size, type, binding, visibility }) =>
      [name, section, value, size, type, binding, visibility].join(" "),
    );
    expect(table).toEqual([
      " .rodata 0 0 3 0 0",
      "flags .rodata 0 3 1 0 0",
      "ports .rodata 8 12 1 0 0",
      "tail .rodata 20 1 1 0 0",
      "pwq_query .text 0 64 2 1 2",
      "pwq_tp_kfree_skb raw_tp/kfree_skb 0 32 2 1 0",
      "pwq_parse .text 64 16 2 1 2",
      "pwq_admit  0 0 0 1 2",
      "pwq_tracepoint  0 0 0 1 2",
    ]);
  });

  it("relocates calls by name, addresses by section with the offset in the instruction", () => {
    expect(readRelocations(object, ".text")).toEqual(["8 1 .rodata", "32 10 pwq_parse", "40 10 pwq_admit"]);
    expect(readRelocations(object, "raw_tp/kfree_skb")).toEqual(["16 10 pwq_tracepoint"]);
    const code = sectionBytes(object, ".text");
    expect([...code.subarray(8, 24)]).toEqual([0x18, 1, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...code.subarray(32, 40)]).toEqual([0x85, 0x10, 0, 0, 255, 255, 255, 255]);
  });

  it("places data by its alignment", () => {
    expect([...sectionBytes(object, ".rodata")]).toEqual([
      1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 9,
    ]);
  });

  it("has a license only where asked for", () => {
    expect(named("license")).toBeUndefined();
    const alone = writeObject({ ...unit, license: "GPL" });
    expect(new TextDecoder().decode(sectionBytes(alone, "license"))).toBe("GPL\0");
    expect(readSymbols(alone).at(-1)).toMatchObject({ name: "_license", section: "license", size: 4 });
  });

  it("is the same for the same unit, and does not change the unit", () => {
    expect(writeObject(unit)).toEqual(object);
  });
});

describe("BTF", () => {
  const btf = sectionBytes(object, ".BTF");

  it("describes functions, externs and data as clang does", () => {
    expect(dumpBtf(btf)).toEqual([
      "[1] INT unsigned long long size 8 encoding 0 bits 64",
      "[2] FUNC_PROTO (arg1: 1) -> 1",
      "[3] FUNC pwq_query -> 2 global",
      "[4] FUNC_PROTO (arg1: 1) -> 1",
      "[5] FUNC pwq_tp_kfree_skb -> 4 global",
      "[6] FUNC_PROTO (arg1: 1) -> 1",
      "[7] FUNC pwq_parse -> 6 global",
      "[8] FUNC_PROTO (: 1,: 1) -> 1",
      "[9] FUNC pwq_admit -> 8 extern",
      "[10] FUNC_PROTO (: 1,: 1,: 1,: 1,: 1) -> 1",
      "[11] FUNC pwq_tracepoint -> 10 extern",
      "[12] INT unsigned char size 1 encoding 0 bits 8",
      "[13] CONST -> 12",
      "[14] INT __ARRAY_SIZE_TYPE__ size 4 encoding 0 bits 32",
      "[15] ARRAY 13 14 3",
      "[16] VAR flags -> 15 static",
      "[17] ARRAY 13 14 12",
      "[18] VAR ports -> 17 static",
      "[19] ARRAY 13 14 1",
      "[20] VAR tail -> 19 static",
      "[21] DATASEC .rodata size 21 {16 at 0 size 3,18 at 8 size 12,20 at 20 size 1}",
    ]);
  });

  it("gives a global function a pointer to memory of a size", () => {
    const visible: ObjectFunction = {
      ...parse,
      visibility: "global",
      memory: [{ name: "pwq_event", size: 32 }],
      params: 2,
    };
    expect(
      dumpBtf(sectionBytes(writeObject({ functions: [visible], externs: [], rodata: [] }), ".BTF")),
    ).toEqual([
      "[1] INT unsigned long long size 8 encoding 0 bits 64",
      "[2] INT __ARRAY_SIZE_TYPE__ size 4 encoding 0 bits 32",
      "[3] ARRAY 1 2 4",
      "[4] STRUCT pwq_event size 32 {words: 3 at bit 0}",
      "[5] PTR -> 4",
      "[6] FUNC_PROTO (arg1: 5,arg2: 1) -> 1",
      "[7] FUNC pwq_parse -> 6 global",
    ]);
  });

  it("says where functions begin and which line of the query each instruction is for", () => {
    expect(dumpExtInfo(sectionBytes(object, ".BTF.ext"), btf)).toEqual({
      functions: [".text+0 type 3", ".text+64 type 7", "raw_tp/kfree_skb+0 type 5"],
      lines: [
        ".text+0 pwq_query:0:0 pwq_query",
        ".text+8 q.pwq:3:11 where tcp.dport == 443",
        ".text+40 q.pwq:4:1023 show mark",
        ".text+64 pwq_parse:0:0 pwq_parse",
        "raw_tp/kfree_skb+0 pwq_tp_kfree_skb:0:0 pwq_tp_kfree_skb",
      ],
    });
  });
});

it("a NUL in a line of text does not end it", () => {
  const odd = writeObject({ ...unit, line: () => ({ file: "q", text: "a\0b", line: 1, column: 1 }) });
  const { lines } = dumpExtInfo(sectionBytes(odd, ".BTF.ext"), sectionBytes(odd, ".BTF"));
  expect(lines[1]).toBe(".text+8 q:1:1 a\u2400b");
});

describe("an object that cannot be", () => {
  const only = (...functions: ObjectFunction[]): ObjectUnit => ({ functions, externs: [], rodata: [] });

  it("calls what is not there", () => {
    expect(() => writeObject(only(tracepoint))).toThrow(
      "pwq_tp_kfree_skb: pc 2: call of unknown function pwq_tracepoint",
    );
  });

  it("calls data, or takes the address of a function", () => {
    const rodata = [{ name: "ports", bytes: new Uint8Array(4) }];
    const calls = { ...parse, insns: [call.local("ports"), exit] };
    expect(() => writeObject({ ...only(calls), rodata })).toThrow("call of unknown function ports");
    const takes = { ...parse, insns: [lddwSymbol(r1, "pwq_parse"), exit] };
    expect(() => writeObject({ ...only(takes), rodata })).toThrow("address of unknown data pwq_parse");
  });

  it("takes an address outside its data", () => {
    const rodata = [{ name: "ports", bytes: new Uint8Array(4) }];
    const beyond = { ...parse, insns: [lddwSymbol(r1, "ports", 5), exit] };
    expect(() => writeObject({ ...only(beyond), rodata })).toThrow("pwq_parse: ports has no byte 5");
  });

  it("defines a name twice", () => {
    expect(() => writeObject(only(parse, parse))).toThrow("pwq_parse is defined twice");
  });
});
