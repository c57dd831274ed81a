import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exit, mov, r0, writeObject } from "../../src/compiler/bpf/index.ts";
import { isNativeError, type LinkInput, native, type Obj } from "../../src/native/native.ts";

const built = existsSync(new URL("../../build/pwq.node", import.meta.url));
const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

/** What the addon refuses before it asks the kernel for anything. No root needed. */
describe.skipIf(!built)(`arguments of the addon${built ? "" : " (skipped: not built)"}`, () => {
  const bytes = new Uint8Array(8);
  const notAHandle = {} as Obj;

  it("knows libbpf's version", () => {
    expect(native().libbpfVersion()).toMatch(/^\d+\.\d+/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["no array of inputs", () => native().link(3 as unknown as LinkInput[]), /array of inputs/],
    ["an input without bytes", () => native().link([{ name: "x" } as LinkInput]), /Uint8Array/],
    ["an input that is a string", () => native().link(["x" as unknown as LinkInput]), /string/],
    ["no bytes of an object", () => native().openObject("x" as unknown as Uint8Array), /Uint8Array/],
    ["an object that is not one", () => native().programs(notAHandle), /object handle/],
    ["null for an object", () => native().programs(null as unknown as Obj), /object/],
    ["nothing for an object", () => native().load(undefined as unknown as Obj), /object/],
    ["an unknown probe", () => native().probe("xyz" as "btf"), /no such probe/],
    ["a negative BTF id", () => native().probeRdonlyCast(-1, 1), /whole number/],
    ["a BTF id with a fraction", () => native().probeRdonlyCast(1.5, 1), /whole number/],
    ["a number for a path", () => native().interfaces(1 as unknown as string), /expected a string/],
  ])("%s", (_, act, message) => {
    const error = thrownBy(act);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(message);
  });

  it("tells one kind of handle from another", () => {
    const obj = native().openObject(anObject());
    expect(() => native().detach(obj as never)).toThrow(/expected a link handle/);
    expect(() => native().closeRing(obj as never)).toThrow(/expected a ring handle/);
    native().closeObject(obj);
  });

  it("garbage is not an object: an error with libbpf's own words", () => {
    const error = thrownBy(() => native().openObject(bytes));
    expect(isNativeError(error) && [error.operation, error.errno > 0]).toEqual(["openObject", true]);
    expect(isNativeError(error) && error.libbpf).toMatch(/ELF/);
  });

  it("garbage cannot be linked: the error names the input", () => {
    const error = thrownBy(() => native().link([{ name: "broken", bytes }]));
    expect(isNativeError(error) && error.message).toMatch(/^link broken: /);
  });

  it("linking nothing gives no object", () => {
    expect(() => native().openObject(native().link([]))).not.toThrow(TypeError);
  });

  it("a closed object is refused; closing twice is fine", () => {
    const obj = native().openObject(anObject());
    native().closeObject(obj);
    native().closeObject(obj);
    expect(() => native().programs(obj)).toThrow("the object is closed");
    expect(() => native().load(obj)).toThrow("the object is closed");
    expect(() => native().mapCount(obj, "m")).toThrow("the object is closed");
  });

  it("a name that the object does not have is said", () => {
    const obj = native().openObject(anObject());
    expect(() => native().setAutoload(obj, "nobody", true)).toThrow(/^program nobody: No such file/);
    expect(() => native().setMapSize(obj, "nowhere", 1)).toThrow(/^map nowhere: No such file/);
    native().closeObject(obj);
  });

  it("capabilities are true or false", () => {
    for (const has of Object.values(native().capabilities())) expect(typeof has).toBe("boolean");
  });

  it("a namespace that is not there", () => {
    const error = thrownBy(() => native().interfaces("/run/netns/there-is-none"));
    expect(isNativeError(error) && [error.code, error.message]).toEqual([
      "ENOENT",
      "interfaces /run/netns/there-is-none: No such file or directory",
    ]);
  });

  it("a network namespace that cannot be entered, however soon the thread that tries has ended", () => {
    const path = "/proc/self/ns/mnt"; // of another kind; without privileges every one is refused, in the same way
    for (let i = 0; i < 500; i++)
      expect(() => native().interfaces(path)).toThrow(/^interfaces \/proc\/self\/ns\/mnt: /);
  });
});

/** A program that does nothing, as an object. */
function anObject(): Uint8Array {
  const nothing = { name: "nothing", section: "raw_tp/kfree_skb", visibility: "global", params: 1 } as const;
  return writeObject({
    functions: [{ ...nothing, insns: [mov.imm(r0, 0), exit] }],
    externs: [],
    rodata: [],
    license: "GPL",
  });
}
