import { describe, expect, it } from "vitest";
import { wholeStruct } from "../../../src/compiler/btf/path.ts";
import { parsePath } from "../../../src/compiler/btf/path-text.ts";
import type { Shape } from "../../../src/compiler/btf/shape.ts";
import { dumpText } from "../../../src/runtime/decode/dump.ts";
import { type FixtureKernel, fixtureBtf } from "../../fixtures/btf.ts";

const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

function dumped(kernel: FixtureKernel, root: string, bytes: Uint8Array): Record<string, unknown> {
  const found = wholeStruct(fixtureBtf(kernel), root, [])!;
  expect(found.size).toBeLessThanOrEqual(bytes.length);
  return JSON.parse(dumpText(found.name, found.shape, bytes).json) as Record<string, unknown>;
}

/** Bytes of a structure with some members set, each by its offset in that kernel's BTF. */
function made(kernel: FixtureKernel, root: string, values: Readonly<Record<string, number>>): Uint8Array {
  const found = wholeStruct(fixtureBtf(kernel), root, [])!;
  const bytes = new Uint8Array(found.size);
  const { members } = found.shape as Extract<Shape, { kind: "struct" }>;
  for (const [name, value] of Object.entries(values)) {
    const { bit, bits, shape } = members.find((m) => m.name === name)!;
    let at = BigInt(value) << BigInt(bit % 8);
    const size = bits > 0 ? Math.ceil(((bit % 8) + bits) / 8) : "size" in shape ? shape.size : 8;
    for (let i = 0; i < size; i++, at >>= 8n) bytes[Math.floor(bit / 8) + i]! |= Number(at & 0xffn);
  }
  return bytes;
}

describe.each(KERNELS)("a whole sk_buff of Linux %s", (kernel) => {
  it("has numbers, addresses, bitfields, bytes, and what is in network order", () => {
    const bytes = made(kernel, "sk_buff", { mark: 7, len: 60, protocol: 0x0008, pkt_type: 3, head: 0x1234 });
    const skb = dumped(kernel, "sk_buff", bytes);
    expect(skb).toMatchObject({ mark: 7, len: 60, protocol: 0x0800, pkt_type: 3, head: "0x1234" });
    expect(skb.cb).toBe("");
    const cb = dumped(kernel, "sk_buff", made(kernel, "sk_buff", { cb: 0x41_0042 })).cb;
    expect(cb).toBe(`420041${"00".repeat(45)}`);
    expect(skb.dev).toBe("0x0");
    expect(Object.keys(skb).length).toBeGreaterThan(60);
  });

  it("is a block for people, with every member once", () => {
    const found = wholeStruct(fixtureBtf(kernel), "sk_buff", [])!;
    const { text } = dumpText(found.name, found.shape, made(kernel, "sk_buff", { mark: 7 }));
    expect(text).toMatch(/^struct sk_buff:\n/);
    expect(text).toMatch(/^ {2}mark: 7$/m);
    const names = (found.shape as Extract<Shape, { kind: "struct" }>).members.map(({ name }) => name);
    for (const name of names)
      expect(
        text.split("\n").some((line) => line.startsWith(`  ${name}`)),
        name,
      ).toBe(true);
  });

  it("shows as many frags as are in use", () => {
    const shinfo = dumped(kernel, "skb_shared_info", made(kernel, "skb_shared_info", { nr_frags: 2 }));
    expect(shinfo.frags).toHaveLength(2);
    expect(shinfo.nr_frags).toBe(2);
    expect(
      dumped(kernel, "skb_shared_info", made(kernel, "skb_shared_info", { nr_frags: 255 })).frags,
    ).toHaveLength(17);
  });

  it("is where a path leads: through the pointer that it ends in, or in place", () => {
    const at = (text: string) => wholeStruct(fixtureBtf(kernel), "sk_buff", parsePath(text).steps);
    expect(at("skb->dev")).toMatchObject({ name: "struct net_device", path: { offset: 0 } });
    expect(at("skb->dev")!.path.derefs).toHaveLength(1);
    expect(at("skb->sk->__sk_common")).toMatchObject({ name: "struct sock_common" });
    expect(at("skb->sk->__sk_common")!.path.derefs).toHaveLength(1);
    expect(at("skb->mark")).toBeUndefined();
  });
});

it("enumerators by name, signed bitfields, and what no type tells as bytes", () => {
  const shape: Shape = {
    kind: "struct",
    members: [
      {
        name: "state",
        bit: 0,
        bits: 0,
        shape: {
          kind: "scalar",
          size: 4,
          signed: false,
          enumName: "s",
          enumValues: new Map([
            ["OFF", 0n],
            ["ON", 1n],
          ]),
        },
      },
      { name: "delta", bit: 33, bits: 3, shape: { kind: "scalar", size: 4, signed: true } },
      {
        name: "list",
        bit: 64,
        bits: 0,
        shape: { kind: "array", count: 2, stride: 2, element: { kind: "scalar", size: 2, signed: false } },
      },
      { name: "name", bit: 96, bits: 0, shape: { kind: "chars", size: 4 } },
      { name: "raw", bit: 128, bits: 0, shape: { kind: "bytes", size: 2 } },
    ],
  };
  const bytes = Uint8Array.of(1, 0, 0, 0, 0b1110, 0, 0, 0, 1, 0, 2, 1, 0x61, 0x62, 0, 0, 0xde, 0xad);
  const { json, text } = dumpText("struct s", shape, bytes);
  expect(JSON.parse(json)).toEqual({ state: "ON", delta: -1, list: [1, 258], name: "ab", raw: "dead" });
  expect(text).toBe(
    "struct s:\n  state: ON\n  delta: -1\n  list[0]: 1\n  list[1]: 258\n  name: ab\n  raw: dead",
  );
});
