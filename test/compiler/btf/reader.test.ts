import { describe, expect, test } from "vitest";
import { BtfFormatError, readBtf } from "../../../src/compiler/btf/reader.ts";
import { fixtureBtf, fixtureModules } from "../../fixtures/btf.ts";
import { BtfBuilder } from "./build-btf.ts";

describe("decodes", () => {
  test("integers with their encodings", () => {
    const b = new BtfBuilder();
    const ids = [
      b.int("int", 4, { signed: true }),
      b.int("_Bool", 1, { bool: true }),
      b.int("char", 1, { char: true }),
    ];
    const btf = readBtf(b.bytes(), "t");
    expect(ids.map((id) => btf.type(id))).toMatchObject([
      { kind: "int", name: "int", size: 4, signed: true },
      { kind: "int", name: "_Bool", size: 1, signed: false, encoding: "bool" },
      { kind: "int", name: "char", size: 1, encoding: "char" },
    ]);
    expect(btf.type(ids[0]!)).not.toHaveProperty("encoding");
  });

  test("bitfields, as kind_flag says and as compilers before it did", () => {
    const b = new BtfBuilder();
    const u32 = b.int("unsigned int", 4);
    const three = b.int("unsigned int", 4, { bits: 3, offset: 2 });
    const alias = b.typedef("three_t", three);
    const modern = b.struct("modern", 8, [
      ["a", u32, 0, 0],
      ["b", u32, 35, 5],
    ]);
    const old = b.struct("old", 8, [
      ["a", u32, 0],
      ["b", alias, 32],
    ]);
    const btf = readBtf(b.bytes(), "t");
    expect(btf.type(modern).members).toEqual([
      { name: "a", type: u32, bitOffset: 0, bitSize: 0 },
      { name: "b", type: u32, bitOffset: 35, bitSize: 5 },
    ]);
    expect(btf.type(old).members).toEqual([
      { name: "a", type: u32, bitOffset: 0, bitSize: 0 },
      { name: "b", type: alias, bitOffset: 34, bitSize: 3 },
    ]);
  });

  test("enums: unsigned, signed, of 64 bits", () => {
    const b = new BtfBuilder();
    const value = (text: string, ...words: number[]) => [{ text }, ...words];
    const ids = [
      b.add("enum", "u", 4, value("MAX", 0xffffffff), { vlen: 1 }),
      b.add("enum", "s", 1, value("MINUS", 0xffffffff), { vlen: 1, flag: true }),
      b.add("enum64", "big", 8, value("TOP", 1, 0x80000000), { vlen: 1 }),
      b.add("enum64", "small", 8, value("MINUS", 0xfffffffe, 0xffffffff), { vlen: 1, flag: true }),
    ];
    const btf = readBtf(b.bytes(), "t");
    expect(ids.map((id) => btf.type(id).values[0]!.value)).toEqual([
      0xffffffffn,
      -1n,
      0x8000000000000001n,
      -2n,
    ]);
    expect(btf.type(ids[1]!)).toMatchObject({ signed: true, size: 1 });
  });

  test("the kinds that wrap another type, and resolves through those that are transparent", () => {
    const b = new BtfBuilder();
    const int = b.int("int", 4);
    const chain = (["const", "volatile", "restrict", "type_tag", "typedef"] as const).reduce(
      (to, kind) => b.add(kind, kind === "typedef" || kind === "type_tag" ? kind : "", to),
      int,
    );
    const array = b.array(chain, 7);
    const tag = b.add("decl_tag", "bpf_kfunc", int, [0xffffffff]);
    const float = b.add("float", "double", 8);
    const variable = b.add("var", "jiffies", int, [1]);
    const section = b.add("datasec", ".data", 4, [variable, 0, 4], { vlen: 1 });
    const fwd = b.add("fwd", "hidden", 0);
    const btf = readBtf(b.bytes(), "t");
    expect(btf.resolve(chain).id).toBe(int);
    expect(btf.type(array)).toMatchObject({ kind: "array", type: chain, count: 7 });
    expect(btf.type(tag)).toMatchObject({ kind: "decl_tag", name: "bpf_kfunc", type: int });
    expect(btf.type(float)).toMatchObject({ kind: "float", size: 8 });
    expect(btf.type(variable)).toMatchObject({ kind: "var", type: int });
    expect(btf.type(section)).toMatchObject({ kind: "datasec", size: 4 });
    expect(btf.type(fwd)).toMatchObject({ kind: "fwd", name: "hidden", type: 0 });
    expect(btf.type(0).kind).toBe("void");
    expect(btf.endId).toBe(fwd + 1);
  });

  test("a vlen that needs the bits Linux 7.1 added to it", () => {
    const b = new BtfBuilder();
    const count = 70_000;
    const rest = Array.from({ length: count }, (_, i) => [0, i]).flat();
    const id = b.add("enum", "many", 4, rest, { vlen: count });
    const after = b.int("int", 4);
    const btf = readBtf(b.bytes(), "t");
    expect(btf.type(id).values).toHaveLength(count);
    expect(btf.type(after).name).toBe("int");
  });
});

describe("finds", () => {
  test("the first type of a kind and name", () => {
    const b = new BtfBuilder();
    const int = b.int("same", 4);
    const first = b.struct("same", 4, [["a", int, 0]]);
    b.struct("same", 4, [["b", int, 0]]);
    const btf = readBtf(b.bytes(), "t");
    expect(btf.find("struct", "same")?.id).toBe(first);
    expect(btf.find("int", "same")?.id).toBe(int);
    expect(btf.find("union", "same")).toBeUndefined();
    expect(btf.find("struct", "sam")).toBeUndefined();
    expect(btf.find("struct", "samey")).toBeUndefined();
    expect(btf.find("struct", "")).toBeUndefined();
  });

  test("names that start with a prefix, each once", () => {
    const b = new BtfBuilder();
    b.int("u8", 1);
    b.typedef("u16", 1);
    b.int("u32", 4);
    b.int("u32", 4);
    b.int("s8", 1);
    const btf = readBtf(b.bytes(), "t");
    expect(btf.names("int")).toEqual(["u8", "u32", "s8"]);
    expect(btf.names("int", "u")).toEqual(["u8", "u32"]);
    expect(btf.names("struct")).toEqual([]);
  });

  test("every name of a kernel's index", () => {
    const btf = fixtureBtf("6.12");
    for (const kind of ["struct", "func", "typedef"] as const) {
      for (const name of btf.names(kind)) expect(btf.find(kind, name)).toMatchObject({ kind, name });
    }
  });

  test("throws RangeError for an id that does not exist", () => {
    const b = new BtfBuilder();
    b.int("int", 4);
    const btf = readBtf(b.bytes(), "t");
    for (const id of [2, -1, 1.5, Number.NaN, 2 ** 40]) expect(() => btf.type(id)).toThrow(RangeError);
  });
});

describe("split BTF", () => {
  const b = new BtfBuilder();
  const int = b.int("int", 4);
  const skb = b.struct("sk_buff", 4, [["len", int, 0]]);
  const base = readBtf(b.bytes(), "vmlinux");
  const m = new BtfBuilder(b.end);
  const own = m.struct("veth_priv", 12, [
    ["count", int, 0],
    ["skb", m.ptr(skb), 32],
  ]);
  const module = readBtf(m.bytes(), "veth", base);

  test("goes on where the base ends, in ids and in names", () => {
    expect(module.firstId).toBe(base.endId);
    expect(module.type(own)).toMatchObject({
      name: "veth_priv",
      members: [{ name: "count" }, { name: "skb" }],
    });
    expect(module.type(int)).toBe(base.type(int));
    expect(module.find("struct", "sk_buff")).toBe(base.type(skb));
    expect(base.find("struct", "veth_priv")).toBeUndefined();
  });

  test("of real modules refers to types of the kernel", () => {
    for (const kernel of ["6.1", "6.12", "7.2"] as const) {
      for (const btf of fixtureModules(kernel)) {
        for (let id = 0; id < btf.endId; id++) btf.type(id);
        expect(btf.find("struct", "sk_buff")).toBe(fixtureBtf(kernel).find("struct", "sk_buff"));
      }
    }
  });
});

describe("refuses with its reason", () => {
  const good = new BtfBuilder();
  good.int("int", 4);
  const bytes = good.bytes();
  const with16 = (at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt16LE(value, at);
    return copy;
  };
  test.each([
    ["nothing", Buffer.alloc(0), "BTF of t: 0 bytes are too few for a header"],
    [
      "another file",
      Buffer.from("\x7fELF".padEnd(64, "\0")),
      "BTF of t: it starts with 0x457f, not with BTF's 0xeb9f",
    ],
    [
      "the other byte order",
      with16(0, 0x9feb),
      "BTF of t: it is big-endian; only little-endian kernels are supported",
    ],
    ["another version", with16(2, 2), "BTF of t: version 2 is unknown"],
    ["half a file", bytes.subarray(0, 30), "BTF of t: the types end at byte 40, the file at 30"],
    ["a header that is too short", with16(4, 8), "BTF of t: the types end at byte 24, the file at 45"],
  ])("%s", (_, input, message) => {
    expect(() => readBtf(input, "t")).toThrow(new BtfFormatError(message));
  });

  test("a typedef of itself, when it is looked behind", () => {
    const b = new BtfBuilder();
    b.typedef("loop", 1);
    const btf = readBtf(b.bytes(), "t");
    expect(() => btf.resolve(1)).toThrow(new BtfFormatError("BTF of t: type 1 is a typedef of itself"));
  });

  test("a reference past the end, when the type is decoded", () => {
    const b = new BtfBuilder();
    b.ptr(9);
    expect(() => readBtf(b.bytes(), "t").type(1)).toThrow(
      new BtfFormatError("BTF of t: type 1 refers to type 9; the last one is 1"),
    );
  });
});

test("reads from a buffer that does not start at a multiple of four", () => {
  const bytes = fixtureBytesAtOddOffset();
  expect(readBtf(bytes, "t").find("struct", "x")?.size).toBe(4);
});

function fixtureBytesAtOddOffset(): Uint8Array {
  const b = new BtfBuilder();
  b.struct("x", 4, []);
  const bytes = b.bytes();
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  return shifted.subarray(1);
}
