import { describe, expect, test } from "vitest";
import { readBtf } from "../../../src/compiler/btf/reader.ts";
import { fixtureBtf, fixtureModules } from "../../fixtures/btf.ts";
import { BtfBuilder } from "./build-btf.ts";

/** A kernel with the types that prototypes are made of. */
function kernel() {
  const b = new BtfBuilder();
  const int = b.int("int", 4);
  const wide = b.int("__int128", 16);
  const skbStruct = b.struct("sk_buff", 8, [["len", int, 0]]);
  const skb = b.ptr(skbStruct);
  const constSkb = b.ptr(b.add("const", "", skbStruct));
  const alias = b.typedef("skb_t", b.add("const", "", b.ptr(b.typedef("sk_buff_t", skbStruct))));
  const pair = b.struct("pair", 8, [["a", int, 0]]);
  const skbPtrPtr = b.ptr(skb);
  return { b, int, wide, skbStruct, skb, constSkb, alias, pair, skbPtrPtr };
}

const positions = (bytes: Uint8Array, registers?: number) =>
  Object.fromEntries(
    readBtf(bytes, "t")
      .skbFunctions(registers)
      .map(({ name, position }) => [name, position]),
  );

describe("the skb of a function", () => {
  test("is the first argument that is one, however its type is spelt", () => {
    const { b, int, skb, constSkb, alias, skbPtrPtr } = kernel();
    const named = (...types: number[]) =>
      b.proto(
        int,
        types.map((type, i) => [`a${i}`, type] as const),
      );
    b.func("first", named(skb));
    b.func("third", named(int, skbPtrPtr, skb, skb));
    b.func("constant", named(int, constSkb));
    b.func("aliased", named(int, alias));
    b.func("without", named(int, skbPtrPtr));
    b.func("no_arguments", named());
    expect(positions(b.bytes())).toEqual({ first: 0, third: 2, constant: 1, aliased: 1 });
  });

  test("comes with its prototype, and the id of the function", () => {
    const { b, int, skb } = kernel();
    const prototype = b.proto(skb, [
      ["n", skb],
      ["old", skb],
      ["gfp", int],
    ]);
    const id = b.func("clone", prototype);
    expect(readBtf(b.bytes(), "t").skbFunctions()).toEqual([
      {
        name: "clone",
        btfId: id,
        position: 0,
        prototype,
      },
    ]);
  });

  test("is within reach as long as there are registers", () => {
    const { b, int, skb } = kernel();
    const afterIntegers = (count: number) =>
      b.proto(0, [...Array.from({ length: count }, () => ["i", int] as const), ["skb", skb] as const]);
    b.func("sixth", afterIntegers(5));
    b.func("seventh", afterIntegers(6));
    b.func("ninth", afterIntegers(8));
    expect(positions(b.bytes())).toEqual({ sixth: 5 });
    expect(positions(b.bytes(), 8)).toEqual({ sixth: 5, seventh: 6 });
    expect(readBtf(b.bytes(), "t").skbFunctionsLeftOut(8)).toEqual([
      { name: "ninth", reason: "the skb is passed on the stack" },
    ]);
  });

  test("is out of reach behind what takes not exactly one register", () => {
    const { b, int, wide, skb, pair } = kernel();
    b.func(
      "behind_struct",
      b.proto(0, [
        ["p", pair],
        ["skb", skb],
      ]),
    );
    b.func(
      "behind_wide",
      b.proto(0, [
        ["w", wide],
        ["skb", skb],
      ]),
    );
    b.func(
      "before_struct",
      b.proto(0, [
        ["i", int],
        ["skb", skb],
        ["p", pair],
      ]),
    );
    const btf = readBtf(b.bytes(), "t");
    expect(btf.skbFunctions().map(({ name }) => name)).toEqual(["before_struct"]);
    expect(btf.skbFunctionsLeftOut().map(({ name }) => name)).toEqual(["behind_struct", "behind_wide"]);
  });

  test("is in doubt if static functions of the same name differ", () => {
    const { b, int, skb } = kernel();
    b.func("differ", b.proto(0, [["skb", skb]]));
    b.func(
      "differ",
      b.proto(0, [
        ["i", int],
        ["skb", skb],
      ]),
    );
    b.func("agree", b.proto(0, [["skb", skb]]));
    b.func("agree", b.proto(int, [["skb", skb]]));
    const btf = readBtf(b.bytes(), "t");
    expect(btf.skbFunctions().map(({ name }) => name)).toEqual(["agree"]);
    expect(btf.skbFunctionsLeftOut()).toEqual([
      { name: "differ", reason: "functions of this name take the skb in different arguments" },
    ]);
  });

  test("in a module, also through prototypes and pointers of the kernel", () => {
    const { b, int, skb } = kernel();
    const proto = b.proto(int, [
      ["i", int],
      ["skb", skb],
    ]);
    const base = readBtf(b.bytes(), "vmlinux");
    const m = new BtfBuilder(b.end);
    m.func("shares_prototype", proto);
    m.func("shares_pointer", m.proto(0, [["skb", skb]]));
    const module = readBtf(m.bytes(), "m", base);
    expect(module.skbFunctions().map(({ name, position }) => [name, position])).toEqual([
      ["shares_prototype", 1],
      ["shares_pointer", 0],
    ]);
    expect(base.skbFunctions()).toEqual([]);
  });
});

test("tracepoints leave out their private data when they count", () => {
  const { b, int, skb } = kernel();
  const data = b.ptr(0);
  const trace = (name: string, ...types: number[]) =>
    b.typedef(
      `btf_trace_${name}`,
      b.ptr(b.proto(0, [["__data", data], ...types.map((t) => ["", t] as const)])),
    );
  trace("kfree_skb", skb, int);
  trace("net_dev_xmit", int, skb);
  trace("sched_switch", int);
  b.typedef("btf_trace_odd", int);
  b.typedef("other", b.ptr(b.proto(0, [["skb", skb]])));
  const found = readBtf(b.bytes(), "t").skbTracepoints();
  expect(found.map(({ name, position }) => [name, position])).toEqual([
    ["kfree_skb", 0],
    ["net_dev_xmit", 1],
  ]);
});

describe.each(["6.1", "6.12", "7.2"] as const)("Linux %s", (version) => {
  const btf = fixtureBtf(version);
  test("functions that everybody traces", () => {
    const functions = new Map(btf.skbFunctions().map((fn) => [fn.name, fn.position]));
    expect(functions.size).toBeGreaterThan(1500);
    const expected = {
      ip_rcv: 0,
      ip_output: 2,
      nf_hook_slow: 0,
      dev_hard_start_xmit: 0,
      tcp_v4_rcv: 0,
      ip_mc_output: 2,
    };
    for (const [name, position] of Object.entries(expected))
      expect([name, functions.get(name)]).toEqual([name, position]);
    expect(btf.skbFunctionsLeftOut().map(({ name }) => name)).toContain("__udp4_lib_lookup");
  });
  test("tracepoints", () => {
    const tracepoints = new Map(btf.skbTracepoints().map((tp) => [tp.name, tp.position]));
    expect(tracepoints.get("kfree_skb")).toBe(0);
    expect(tracepoints.get("net_dev_start_xmit")).toBe(0);
    expect(tracepoints.get("tcp_retransmit_skb")).toBe(1);
    expect(tracepoints.has("sched_switch")).toBe(false);
  });
  test("modules", () => {
    const names = fixtureModules(version).map((module) => module.skbFunctions().map(({ name }) => name));
    expect(names[0]).toContain("nf_conntrack_in");
    expect(names[1]).toContain("veth_xmit");
  });
});
