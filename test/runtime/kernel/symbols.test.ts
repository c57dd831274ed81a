import { describe, expect, test } from "vitest";
import { parseSymbols } from "../../../src/runtime/kernel/symbols.ts";
import { fixtureFacts } from "../../fixtures/btf.ts";

const parse = (lines: readonly string[]) =>
  parseSymbols(Buffer.from(lines.map((line) => `${line}\n`).join("")));

const symbols = parse([
  "0000000000000000 A fixed_percpu_data",
  "ffffffff81000000 T _text",
  "ffffffff81000000 T _stext",
  "ffffffff81000100 t __pfx_ip_rcv",
  "ffffffff81000110 T ip_rcv",
  "ffffffff81000200 D some_data",
  "ffffffff81000300 W weak_one",
  "ffffffff81000340 t twice",
  "ffffffff81000380 t twice",
  "ffffffff81000400 T _etext",
  "ffffffffc0002000 t veth_xmit\t[veth]",
  "ffffffffc0002100 t veth_poll\t[veth]",
  "ffffffffc0001000 T nf_conntrack_in\t[nf_conntrack]",
  "ffffffffc0010000 t bpf_dispatcher_xdp\t[bpf]",
  "ffffffffc0020000 t bpf_prog_6deef7357e7b4530_long\t[bpf]",
])!;

describe("lookup", () => {
  test.each<[bigint, object | undefined]>([
    [0xffffffff81000110n, { name: "ip_rcv", offset: 0 }],
    [0xffffffff8100012bn, { name: "ip_rcv", offset: 0x1b }],
    // Data between functions is no function: it does not end one.
    [0xffffffff81000210n, { name: "ip_rcv", offset: 0x100 }],
    [0xffffffff81000300n, { name: "weak_one", offset: 0 }],
    [0xffffffff81000000n, { name: "_text", offset: 0 }],
    [0xffffffff81000105n, { name: "__pfx_ip_rcv", offset: 5 }],
    [0xffffffffc0002010n, { name: "veth_xmit", offset: 0x10, module: "veth" }],
    // Modules stand in the file in no order.
    [0xffffffffc0001001n, { name: "nf_conntrack_in", offset: 1, module: "nf_conntrack" }],
    [0xffffffffc0010fffn, { name: "bpf_dispatcher_xdp", offset: 0xfff, module: "bpf" }],
    // A program without a name, behind the dispatcher's page.
    [0xffffffffc0011000n, undefined],
    [0xffffffffc0022000n, { name: "bpf_prog_6deef7357e7b4530_long", offset: 0x2000, module: "bpf" }],
    [0xffffffff80ffffffn, undefined],
    [0xffffffffa0000000n, undefined],
    [0xffffffffffffffffn, undefined],
    [0n, undefined],
    [0x7fffffffffffn, undefined],
  ])("0x%s", (address, expected) => {
    expect(symbols.lookup(address)).toEqual(expected);
  });
});

describe("ranges", () => {
  test("end where the next symbol begins", () => {
    expect(symbols.ranges("ip_rcv")).toEqual([{ start: 0xffffffff81000110n, end: 0xffffffff81000300n }]);
  });
  test("are as many as there are functions of the name", () => {
    expect(symbols.ranges("twice")).toEqual([
      { start: 0xffffffff81000340n, end: 0xffffffff81000380n },
      { start: 0xffffffff81000380n, end: 0xffffffff81000400n },
    ]);
  });
  test("of the last symbol are bounded", () => {
    const [range] = symbols.ranges("bpf_prog_6deef7357e7b4530_long");
    expect(range!.end - range!.start).toBe(1n << 20n);
  });
  test("of no function are none", () => {
    for (const name of ["nope", "some_data", "__pfx_ip_rcv", "ip_rc", ""])
      expect(symbols.ranges(name)).toEqual([]);
  });
});

test("select gives names of functions, each once, without padding", () => {
  expect(symbols.select((name) => /^(?:__pfx_|veth|twice)/.test(name))).toEqual([
    "twice",
    "veth_xmit",
    "veth_poll",
  ]);
});

describe("nothing to look up", () => {
  test("when the addresses are hidden", () => {
    expect(parse(["0000000000000000 T _text", "0000000000000000 T ip_rcv"])).toBeUndefined();
  });
  test.each(["", "\n", "garbage", "ffffffff81000000 T"])("in %j", (text) => {
    expect(parseSymbols(Buffer.from(text))).toBeUndefined();
  });
});

test("a text that ends within a line", () => {
  const cut = parseSymbols(Buffer.from("ffffffff81000000 T whole\nffffffff81000100 T hal"))!;
  expect(cut.lookup(0xffffffff81000101n)).toEqual({ name: "hal", offset: 1 });
});

test("addresses of arm64, far below those of x86-64, are exact", () => {
  const arm = parse(["ffff800080010000 T _text", "ffff8000800101b4 T ip_rcv", "ffff800080010200 T next"])!;
  expect(arm.lookup(0xffff8000800101b5n)).toEqual({ name: "ip_rcv", offset: 1 });
  expect(arm.ranges("ip_rcv")).toEqual([{ start: 0xffff8000800101b4n, end: 0xffff800080010200n }]);
});

test.each(["6.1", "6.12", "7.2"] as const)("Linux %s", (kernel) => {
  const symbols = fixtureFacts(kernel).symbols()!;
  const [range] = symbols.ranges("nf_hook_slow");
  expect(range!.end - range!.start).toBeGreaterThan(0x40n);
  expect(symbols.lookup(range!.end - 1n)?.name).toBe("nf_hook_slow");
  expect(symbols.lookup(range!.end)?.name).not.toBe("nf_hook_slow");
});
