import { describe, expect, it } from "vitest";
import type { ArithmeticOp, CompareOp } from "../../grammar/ast.ts";
import { type Environment, evaluate, kleeneAnd, kleeneOr, type Value } from "../../src/compiler/evaluate.ts";
import type {
  ConstSet,
  TCall,
  TExpr,
  TFormat,
  THas,
  TIn,
  TMatch,
  TNegate,
  TPayload,
  TPresent,
} from "../../src/compiler/typed.ts";
import { bool, bytes, mac, string, u8, u64 } from "../../src/compiler/types.ts";
import {
  address,
  compare,
  compute,
  i64,
  ipLeaf,
  leaf,
  logic,
  macLeaf,
  node,
  not,
  num,
  text,
  truth,
} from "./expressions.ts";

const event = (values: Readonly<Record<string, Value>> = {}): Environment => ({
  read: (wanted) => (wanted.kind === "field" ? values[wanted.field.name] : values[wanted.kind]),
  present: (layer) => layer === "tcp",
  symbol: (at) => (at === 0xffff_ffff_8100_0000n ? "nft_do_chain" : undefined),
});
const value = (expr: TExpr, values: Readonly<Record<string, Value>> = {}) => evaluate(expr, event(values));

const MAX = 2n ** 64n - 1n;
const MIN = -(2n ** 63n);
const absent = leaf("absent");
const unknown = compare("==", absent, num(1));

describe("three-valued logic", () => {
  const T = true;
  const F = false;
  const U = undefined;
  it.each([
    [T, T, T, T],
    [T, F, F, T],
    [T, U, U, T],
    [F, T, F, T],
    [F, F, F, F],
    [F, U, F, U],
    [U, T, U, T],
    [U, F, F, U],
    [U, U, U, U],
  ])("%s with %s: and %s, or %s", (left, right, and, or) => {
    expect(kleeneAnd(left, right)).toBe(and);
    expect(kleeneOr(left, right)).toBe(or);
    const expr = (v: boolean | undefined): TExpr => (v === undefined ? unknown : truth(v));
    expect(value(logic("and", expr(left), expr(right)))).toBe(and);
    expect(value(logic("or", expr(left), expr(right)))).toBe(or);
  });

  it("keeps unknown through not", () => {
    expect(value(not(truth(true)))).toBe(false);
    expect(value(not(truth(false)))).toBe(true);
    expect(value(not(unknown))).toBeUndefined();
  });

  it("knows whether a protocol is there", () => {
    const present = (layer: TPresent["layer"]) => node<TPresent>({ kind: "present", type: bool, layer });
    expect(value(present("tcp"))).toBe(true);
    expect(value(present("udp"))).toBe(false);
  });
});

describe("comparison", () => {
  const holds = (op: CompareOp) => ["==", "!=", "<", "<=", ">", ">="].indexOf(op);
  const orders: readonly (readonly [bigint, bigint, string])[] = [
    [1n, 2n, "!= < <="],
    [2n, 2n, "== <= >="],
    [3n, 2n, "!= > >="],
  ];
  it.each(orders)("of %s and %s holds for %s", (left, right, expected) => {
    const ops: readonly CompareOp[] = ["==", "!=", "<", "<=", ">", ">="];
    const true_ = ops.filter((op) => value(compare(op, num(left), num(right))) === true);
    expect(true_.sort((a, b) => holds(a) - holds(b)).join(" ")).toBe(expected);
  });

  it("is unsigned unless a side is signed", () => {
    expect(value(compare("<", num(MAX), num(1)))).toBe(false);
    expect(value(compare("<", num(-1, i64), num(1)))).toBe(true);
    expect(value(compare("<", num(MAX), num(1, i64)))).toBe(true);
    expect(value(compare("==", num(MAX), num(-1, i64)))).toBe(true);
  });

  it("is unknown where a side is absent", () => {
    for (const op of ["==", "!=", "<", "<=", ">", ">="] as const) {
      expect(value(compare(op, absent, num(1)))).toBeUndefined();
      expect(value(compare(op, num(1), absent))).toBeUndefined();
    }
  });

  it("keeps address families apart", () => {
    const four = { "ip.src": { version: 4, value: 1n } } as const;
    const six = { "ip.src": { version: 6, value: 1n } } as const;
    expect(value(compare("==", ipLeaf, address(4, 1n)), four)).toBe(true);
    expect(value(compare("==", ipLeaf, address(4, 1n)), six)).toBe(false);
    expect(value(compare("!=", ipLeaf, address(4, 1n)), six)).toBe(true);
    expect(value(compare("<=", ipLeaf, address(4, 1n)), six)).toBe(false);
    expect(value(compare("==", ipLeaf, address(4, 1n)))).toBeUndefined();
  });

  it("works on text, truth, hardware addresses and bytes", () => {
    expect(value(compare("==", leaf("comm", string(16)), text("curl")), { comm: "curl" })).toBe(true);
    expect(value(compare("!=", leaf("comm", string(16)), text("curl")), { comm: "ping" })).toBe(true);
    expect(value(compare("==", leaf("ip.df", bool), truth(true)), { "ip.df": false })).toBe(false);
    expect(value(compare("==", macLeaf, num(0x0242, mac)), { "eth.src": 0x0242n })).toBe(true);
    const cb = leaf("cb", bytes(2));
    expect(
      value(compare("==", cb, leaf("other", bytes(2))), {
        cb: Uint8Array.of(1, 2),
        other: Uint8Array.of(1, 2),
      }),
    ).toBe(true);
    expect(
      value(compare("==", cb, leaf("other", bytes(2))), {
        cb: Uint8Array.of(1, 2),
        other: Uint8Array.of(2, 1),
      }),
    ).toBe(false);
  });

  it("refuses values of unlike types", () => {
    expect(() => value(compare("==", num(1), text("1")))).toThrow(TypeError);
    expect(() => value(not(num(1)))).toThrow(TypeError);
    expect(() => value(compute("+", text("a"), num(1)))).toThrow(TypeError);
  });
});

describe("arithmetic", () => {
  const cases: readonly (readonly [bigint, ArithmeticOp, bigint, bigint | undefined])[] = [
    [MAX, "+", 1n, 0n],
    [0n, "-", 1n, MAX],
    [2n ** 63n, "*", 2n, 0n],
    [7n, "/", 2n, 3n],
    [7n, "%", 4n, 3n],
    [7n, "/", 0n, undefined],
    [7n, "%", 0n, undefined],
    [0b1100n, "&", 0b1010n, 0b1000n],
    [0b1100n, "|", 0b1010n, 0b1110n],
    [0b1100n, "^", 0b1010n, 0b0110n],
    [1n, "<<", 63n, 2n ** 63n],
    [3n, "<<", 63n, 2n ** 63n],
    [1n, "<<", 64n, 1n],
    [MAX, ">>", 63n, 1n],
    [4n, ">>", 65n, 2n],
  ];
  it.each(cases)("unsigned: %s %s %s", (left, op, right, result) => {
    expect(value(compute(op, num(left), num(right)))).toBe(result);
  });

  const signed: readonly (readonly [bigint, ArithmeticOp, bigint, bigint])[] = [
    [-7n, "/", 2n, -3n],
    [-7n, "%", 4n, -3n],
    [7n, "/", -2n, -3n],
    [MIN, "/", -1n, MIN],
    [MIN, "%", -1n, 0n],
    [MIN, "-", 1n, -MIN - 1n],
    [-8n, ">>", 1n, -4n],
    [-1n, "<<", 63n, MIN],
    [-1n, "&", 0xffn, 0xffn],
  ];
  it.each(signed)("signed: %s %s %s", (left, op, right, result) => {
    expect(value(compute(op, num(left, i64), num(right, i64), i64))).toBe(result);
  });

  it("is signed if one side is", () => {
    expect(value(compute("/", num(MAX), num(2, i64), i64))).toBe(0n);
    expect(value(compute("/", num(-6, i64), num(2), i64))).toBe(-3n);
  });

  it("shifts by what is shifted, not by the count's sign", () => {
    expect(value(compute(">>", num(MAX), num(60, i64)))).toBe(15n);
  });

  it("is absent where a side is", () => {
    expect(value(compute("+", absent, num(1)))).toBeUndefined();
    expect(value(compute("+", num(1), absent))).toBeUndefined();
    expect(value(compare("==", compute("/", num(1), num(0)), num(0)))).toBeUndefined();
  });

  it("negates and complements at 64 bits", () => {
    const negate = (op: TNegate["op"], operand: TExpr, type = u64) =>
      node<TNegate>({ kind: "negate", type, op, operand });
    expect(value(negate("-", num(1)))).toBe(MAX);
    expect(value(negate("-", num(1), i64))).toBe(-1n);
    expect(value(negate("~", num(0xff, u8)))).toBe(MAX - 0xffn);
    expect(value(negate("-", absent))).toBeUndefined();
  });
});

describe("sets", () => {
  const set: ConstSet = {
    ranges: [
      { low: 80n, high: 80n },
      { low: 8000n, high: 8099n },
    ],
    ranges4: [{ low: 0x0a000000n, high: 0x0affffffn }],
    ranges6: [{ low: 1n, high: 1n }],
    strings: ["eth0", "lo"],
  };
  const within = (operand: TExpr, negated = false): TIn =>
    node<TIn>({ kind: "in", type: bool, negated, value: operand, set });

  it.each([
    [79n, false],
    [80n, true],
    [81n, false],
    [8000n, true],
    [8099n, true],
    [8100n, false],
  ])("of numbers: %s is %s", (port, expected) => {
    expect(value(within(num(port)))).toBe(expected);
    expect(value(within(num(port), true))).toBe(!expected);
  });

  it("of addresses, by family", () => {
    expect(value(within(ipLeaf), { "ip.src": { version: 4, value: 0x0a010203n } })).toBe(true);
    expect(value(within(ipLeaf), { "ip.src": { version: 6, value: 0x0a010203n } })).toBe(false);
    expect(value(within(ipLeaf), { "ip.src": { version: 6, value: 1n } })).toBe(true);
    expect(value(within(ipLeaf, true), { "ip.src": { version: 4, value: 1n } })).toBe(true);
  });

  it("of strings", () => {
    expect(value(within(leaf("iface", string(16))), { iface: "lo" })).toBe(true);
    expect(value(within(leaf("iface", string(16))), { iface: "eth" })).toBe(false);
  });

  it("are unknown for what is absent, negated too", () => {
    expect(value(within(absent))).toBeUndefined();
    expect(value(within(absent, true))).toBeUndefined();
  });

  it("has: all bits of the mask", () => {
    const has = (mask: bigint) => node<THas>({ kind: "has", type: bool, value: leaf("tcp.flags", u8), mask });
    expect(value(has(0x12n), { "tcp.flags": 0x13n })).toBe(true);
    expect(value(has(0x12n), { "tcp.flags": 0x02n })).toBe(false);
    expect(value(has(0x12n))).toBeUndefined();
  });
});

describe("patterns", () => {
  const match = (how: TMatch["how"], pattern: string, on: TExpr = leaf("comm", string(16))) =>
    node<TMatch>({ kind: "match", type: bool, how, value: on, pattern });

  it.each([
    ["nf_*", "nf_hook", true],
    ["nf_*", "xnf_hook", false],
    ["nf_?", "nf_ab", false],
    ["eth[0-3]", "eth2", true],
    ["eth[!0-3]", "eth2", false],
    ["a.b", "axb", false],
    ["br-??", "br-ä", true],
  ])("glob %s on %s: %s", (pattern, comm, expected) => {
    expect(value(match("glob", pattern), { comm })).toBe(expected);
  });

  it.each([
    ["ngi", "nginx", true],
    ["^gi", "nginx", false],
    ["^ng(inx|ara)$", "ngara", true],
    ["^.{5}$", "nginx", true],
    ["^.$", "ä", false],
  ])("regex %s on %s: %s", (pattern, comm, expected) => {
    expect(value(match("regex", pattern), { comm })).toBe(expected);
  });

  it("is unknown for absent text, and asks for symbols of addresses", () => {
    expect(value(match("glob", "*"))).toBeUndefined();
    const location = match("glob", "nft_*", leaf("drop.location"));
    expect(value(location, { "drop.location": 0xffff_ffff_8100_0000n })).toBe(true);
    expect(value(location, { "drop.location": 1n })).toBeUndefined();
  });
});

describe("calls and leaves", () => {
  const call = (callee: TCall["callee"], type: TCall["type"], ...args: readonly TExpr[]) =>
    node<TCall>({ kind: "call", type, callee, args });

  it("abs, min, max", () => {
    expect(value(call("abs", i64, num(-3, i64)))).toBe(3n);
    expect(value(call("abs", i64, num(MIN, i64)))).toBe(MIN);
    expect(value(call("abs", u64, num(MAX)))).toBe(MAX);
    expect(value(call("min", u64, num(MAX), num(1)))).toBe(1n);
    expect(value(call("min", i64, num(MAX), num(1, i64)))).toBe(-1n);
    expect(value(call("max", u64, num(2), num(7), num(5)))).toBe(7n);
    expect(value(call("max", u64, num(2), absent))).toBeUndefined();
  });

  it("len, in bytes", () => {
    const payload = node<TPayload>({ kind: "payload", type: bytes(4), size: 4 });
    expect(value(call("len", u64, payload), { payload: Uint8Array.of(1, 2, 3) })).toBe(3n);
    expect(value(call("len", u64, leaf("comm", string(16))), { comm: "ä" })).toBe(2n);
    expect(value(call("len", u64, payload))).toBeUndefined();
  });

  it("a field read by an expression is that expression", () => {
    const id = { ...leaf("vlan.id"), expansion: compute("&", leaf("vlan.tci"), num(0xfff)) };
    expect(value(id, { "vlan.tci": 0x6064n })).toBe(0x64n);
    expect(value(id, { "vlan.id": 1n })).toBeUndefined();
  });

  it("formats and raw paths come from the reader", () => {
    const format = node<TFormat>({ kind: "format", type: string(8), how: "str", operand: absent, size: 8 });
    expect(value(format, { format: "x" })).toBe("x");
  });
});
