import { describe, expect, test } from "vitest";
import type { BtfKind } from "../../src/compiler/btf/btf.ts";
import { KIND_NUMBER } from "../../src/compiler/btf/format.ts";
import { type BtfPasses, SCRIPT_PASSES } from "../../src/compiler/btf/passes.ts";
import { type LoadedBtf, readBtf } from "../../src/compiler/btf/reader.ts";
import { native } from "../../src/native/native.ts";
import { type FixtureKernel, fixtureFile } from "../fixtures/btf.ts";
import { Random } from "../random.ts";

const load = (kernel: FixtureKernel, passes: BtfPasses): readonly LoadedBtf[] => {
  const vmlinux = readBtf(fixtureFile(`${kernel}.btf`), "vmlinux", undefined, passes);
  const modules = ["nf_conntrack", "veth"].map((name) =>
    readBtf(fixtureFile(`${kernel}.${name}.btf`), name, vmlinux),
  );
  return [vmlinux, ...modules];
};

describe.each(["6.1", "6.12", "7.2"] as const)("the addon's passes over the types of %s", (kernel) => {
  const ours = load(kernel, native());
  const theirs = load(kernel, SCRIPT_PASSES);

  test("find the same records", () => {
    expect(ours.map(({ image }) => image)).toEqual(theirs.map(({ image }) => image));
  });

  test("find the same types by name", () => {
    const kinds: BtfKind[] = ["struct", "union", "enum", "typedef", "func", "int"];
    for (const [i, btf] of ours.entries()) {
      for (const kind of kinds) {
        const names = ["no_such_name", ...theirs[i]!.names(kind)];
        const ids = (of: LoadedBtf) => names.map((name) => of.ownNamed(kind, name));
        expect(ids(btf)).toEqual(ids(theirs[i]!));
      }
    }
  });

  test("find the same functions with an skb", () => {
    for (const [i, btf] of ours.entries()) {
      expect(btf.skbArguments).toEqual(theirs[i]!.skbArguments);
      expect(btf.skbFunctions()).toEqual(theirs[i]!.skbFunctions());
      expect(btf.skbFunctions().length).toBeGreaterThan(0);
    }
  });
});

test("what a corrupt file says is not followed", () => {
  const passes = native();
  const random = new Random(7);
  const below = (end: number): number => random.bits() % end;
  for (let round = 0; round < 300; round++) {
    const words = Uint32Array.from({ length: 3 + below(200) }, () => below(2 ** 32));
    const kinds = new Uint8Array(words.length);
    const records = new Uint32Array(words.length);
    const count = passes.indexRecords(words, records, kinds, new Uint32Array(20));
    // Wild references, in records of every kind.
    for (let i = 0; i < count; i++) kinds[i] = below(20);
    const of = { words, records: records.subarray(0, count), kinds: kinds.subarray(0, count) };
    const marks = () => Uint8Array.from({ length: 1 + count }, () => below(3));
    passes.classifyArguments(of, 1, { isSkb: marks(), passing: marks(), places: marks() });
    passes.functionsWithSkb(of, marks(), new Uint32Array(below(4)));
    const strings = Uint8Array.from({ length: below(50) }, () => below(256));
    const name = strings.length > 0 ? String.fromCharCode(strings[0]! & 0x7f) : "a";
    passes.findNamed(of, KIND_NUMBER.struct, strings, strings, name, below(count + 2));
  }
});

test("arrays that are too small are refused, and records that are not there read as nothing", () => {
  const passes = native();
  const words = Uint32Array.of(1, KIND_NUMBER.func << 24, 0);
  const of = { words, records: Uint32Array.of(0), kinds: Uint8Array.of(KIND_NUMBER.func) };
  const none = new Uint8Array();
  expect(() => passes.classifyArguments(of, 1, { isSkb: none, passing: none, places: none })).toThrow("mark");
  expect(() => passes.functionsWithSkb({ ...of, kinds: none }, none, new Uint32Array(1))).toThrow("kind");
  const outside = { ...of, records: Uint32Array.of(1) };
  expect(passes.functionsWithSkb(outside, none, new Uint32Array(1))).toBe(0);
  expect(passes.findNamed(outside, KIND_NUMBER.func, none, Buffer.from("\0a\0"), "a", 0)).toBe(-1);
  expect(passes.findNamed(of, KIND_NUMBER.func, none, Buffer.from("\0a\0"), "a", 0)).toBe(0);
  expect(passes.findNamed(of, KIND_NUMBER.func, none, Buffer.from("\0a"), "a", 0)).toBe(-1);
});
