import { describe, expect, test } from "vitest";
import { resolvePathText } from "../../../src/compiler/btf/path.ts";
import { BtfFormatError, readBtf } from "../../../src/compiler/btf/reader.ts";
import { fixtureFile } from "../../fixtures/btf.ts";
import { Random } from "../../random.ts";
import { BtfBuilder } from "./build-btf.ts";

/** Everything a trace would ask of it. Returns what was thrown, if it is the error for corrupt files. */
function exercise(bytes: Uint8Array, everyType: boolean): BtfFormatError | undefined {
  try {
    const btf = readBtf(bytes, "corrupt");
    btf.find("struct", "sk_buff");
    btf.skbFunctions();
    btf.skbTracepoints();
    btf.names("struct", "s");
    resolvePathText(btf, "skb->dev->ifindex");
    resolvePathText(btf, "skb->inner.a[1]");
    if (everyType) for (let id = 1; id < btf.endId; id++) btf.resolve(id);
    return undefined;
  } catch (error) {
    if (error instanceof BtfFormatError) return error;
    throw error;
  }
}

function small(): Buffer {
  const b = new BtfBuilder();
  const int = b.int("int", 4);
  const inner = b.struct("", 8, [["a", b.array(int, 2), 0, 0]]);
  const device = b.struct("net_device", 4, [["ifindex", int, 0]]);
  const skb = b.struct("sk_buff", 24, [
    ["inner", inner, 0],
    ["dev", b.ptr(device), 64],
    ["", b.struct("", 4, [["len", int, 0]], "union"), 128],
  ]);
  const enumeration = b.add("enum64", "e", 8, [{ text: "A" }, 1, 2], { vlen: 1 });
  b.func("f", b.proto(enumeration, [["skb", b.ptr(b.add("const", "", skb))]]));
  b.typedef(
    "btf_trace_t",
    b.ptr(
      b.proto(0, [
        ["data", b.ptr(0)],
        ["skb", b.ptr(skb)],
      ]),
    ),
  );
  return b.bytes();
}

describe("a corrupt file fails as such or not at all", () => {
  test("cut off anywhere", () => {
    const bytes = small();
    expect(exercise(bytes, true)).toBeUndefined();
    for (let length = 0; length < bytes.length; length++) {
      expect(exercise(bytes.subarray(0, length), true)).toBeInstanceOf(BtfFormatError);
    }
  });

  test("with any one bit turned over", () => {
    const bytes = small();
    let refused = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      if (exercise(copy, true)) refused++;
    }
    // Names and sizes may be anything; kinds, counts and references may not.
    expect(refused).toBeGreaterThan(bytes.length);
  });

  test("with many bytes overwritten", () => {
    const bytes = small();
    const random = new Random(1);
    for (let round = 0; round < 3000; round++) {
      const copy = Buffer.from(bytes);
      for (let i = 0; i < 6; i++) copy[random.int(24, copy.length - 1)] = random.int(0, 255);
      exercise(copy, true);
    }
  });

  test("of a whole kernel", () => {
    const bytes = fixtureFile("7.2.btf");
    const random = new Random(2);
    for (let round = 0; round < 40; round++) {
      const copy = Buffer.from(bytes);
      for (let i = 0; i < 4; i++) copy[random.int(0, copy.length - 1)]! ^= 1 << random.int(0, 7);
      exercise(copy, round % 10 === 0);
    }
  });
});
