import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exit, mov, r0, r5, writeObject } from "../../src/compiler/bpf/index.ts";
import { readBtf } from "../../src/compiler/btf/reader.ts";
import { isNativeError, native } from "../../src/native/native.ts";
import { because } from "./bpf.ts";
import { makeNetns, open, unable } from "./machine.ts";

const reason = unable();

describe.skipIf(reason !== undefined)(`loading${because(reason)}`, () => {
  it("the verifier takes all programs of the template with a query", () => {
    const obj = open();
    const logs = native().load(obj, { logLevel: 1 });
    const shared = [0, 1, 2].map((position) => `pwq_kprobe_multi_${position}`);
    const names = ["pwq_kprobe_multi", "pwq_kprobe_multi_again", ...shared, "pwq_kprobe", "pwq_tp_kfree_skb"];
    expect(logs.map(({ program }) => program)).toEqual(names);
    for (const { log } of logs) expect(log).toMatch(/processed \d+ insns/);
    expect(native().programStats(obj, "pwq_kprobe").verifiedInsns).toBeGreaterThan(100);
    native().closeObject(obj);
  });

  it("no frame of the template is larger than 256 bytes, which leaves a query 192 of the verifier's 512", () => {
    const obj = open();
    native().load(obj);
    for (const { name, autoload } of native().programs(obj)) {
      if (!autoload) continue;
      const depth = deepestStackUse(native().programInsns(obj, name));
      if (/_\d$/.test(name)) continue; // makes no event
      expect([name, depth]).toEqual([name, Math.min(depth, 256)]);
      expect(depth).toBeGreaterThan(200);
    }
    native().closeObject(obj);
  });

  it("a ring buffer that was made before is taken, and one that could not be made is refused", () => {
    const obj = open();
    native().useRing(obj, "pwq_ring", native().startRing(1 << 20));
    native().load(obj);
    native().closeObject(obj);
    const other = open();
    expect(() => native().useRing(other, "pwq_ring", native().startRing(4097))).toThrow("Invalid argument");
    expect(() => native().useRing(other, "no_ring", native().startRing(4096))).toThrow("No such file");
    native().load(other);
    native().closeObject(other);
  });

  it("what is not to be loaded is not", () => {
    const obj = open();
    native().setAutoload(obj, "pwq_kprobe", false);
    expect(native().load(obj)).toEqual([]);
    expect(
      native()
        .programs(obj)
        .map(({ name, autoload }) => [name, autoload]),
    ).toEqual([
      ["pwq_kprobe_multi", true],
      ["pwq_kprobe_multi_again", true],
      ["pwq_kprobe_multi_0", true],
      ["pwq_kprobe_multi_1", true],
      ["pwq_kprobe_multi_2", true],
      ["pwq_kprobe", false],
      ["pwq_tp_kfree_skb", true],
    ]);
    expect(() => native().attachKprobe(obj, "pwq_kprobe", "ip_rcv", 0n)).toThrow("the program is not loaded");
    native().closeObject(obj);
  });

  it("a refusal names the program and has its log", () => {
    const program = { section: "raw_tp/kfree_skb", visibility: "global", params: 1 } as const;
    const bytes = writeObject({
      functions: [
        { ...program, name: "good", insns: [mov.imm(r0, 0), exit] },
        { ...program, name: "bad", insns: [mov.reg(r0, r5), exit] },
      ],
      externs: [],
      rodata: [],
      license: "GPL",
    });
    const obj = native().openObject(bytes);
    let error: unknown;
    try {
      native().load(obj);
    } catch (thrown) {
      error = thrown;
    }
    if (!isNativeError(error)) throw error;
    expect([error.message, error.code, error.program]).toEqual([
      "load bad: Permission denied",
      "EACCES",
      "bad",
    ]);
    expect(error.log).toContain("R5 !read_ok");
    expect(() => native().load(obj)).toThrow("the object has been loaded before");
    native().closeObject(obj);
  });

  it("sizes of maps are set before they are made", () => {
    const obj = open();
    native().setMapSize(obj, "pwq_track", 128);
    native().setMapSize(obj, "pwq_ring", 4096);
    native().load(obj);
    expect(() => native().setMapSize(obj, "pwq_track", 64)).toThrow(/busy/);
    native().closeObject(obj);
  });

  it("instructions are whole, with the functions they call", () => {
    const obj = open();
    native().load(obj);
    const insns = native().programInsns(obj, "pwq_tp_kfree_skb");
    expect(insns.length % 8).toBe(0);
    expect(insns.length / 8).toBeGreaterThan(200);
    native().closeObject(obj);
  });

  it("entries of a map are written, listed, counted and deleted", () => {
    const obj = open();
    native().load(obj);
    const key = (n: number): Uint8Array => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);
    const value = new Uint8Array(40).fill(7);
    for (let n = 1; n <= 300; n++) native().mapUpdate(obj, "pwq_track", key(n), value);
    const entries = native().mapEntries(obj, "pwq_track");
    expect([entries.count, entries.keySize, entries.valueSize]).toEqual([300, 8, 40]);
    expect(new Set(new BigUint64Array(entries.keys.buffer)).size).toBe(300);
    expect(entries.values.every((byte) => byte === 7)).toBe(true);
    expect(native().mapDelete(obj, "pwq_track", key(1))).toBe(true);
    expect(native().mapDelete(obj, "pwq_track", key(1))).toBe(false);
    expect(native().mapCount(obj, "pwq_track")).toBe(299);
    expect(() => native().mapUpdate(obj, "pwq_track", key(1), key(1))).toThrow(/another size/);
    expect(() => native().mapLookupPerCpu(obj, "pwq_counters", 4000)).toThrow(/No such file/);
    expect(() => native().mapLookupPerCpu(obj, "pwq_track", key(2))).toThrow(/each CPU/);
    native().closeObject(obj);
  });
});

describe.skipIf(reason !== undefined)(`the machine${because(reason)}`, () => {
  it("bpf_rdonly_cast can be called if its id is right", () => {
    const btf = readBtf(readFileSync("/sys/kernel/btf/vmlinux"), "vmlinux");
    const kfunc = btf.find("func", "bpf_rdonly_cast");
    const type = btf.find("struct", "sk_buff")!;
    if (kfunc) expect(native().probeRdonlyCast(kfunc.id, type.id)).toEqual({ ok: true });
    expect(native().probeRdonlyCast(type.id, type.id)).toMatchObject({ ok: false });
  });

  it("interfaces of another network namespace, without leaving this one", () => {
    const own = native().interfaces("/proc/self/ns/net");
    const netns = makeNetns();
    try {
      expect(native().interfaces(netns.path)).toEqual([{ ifindex: 1, name: "lo" }]);
      expect(native().interfaces("/proc/thread-self/ns/net")).toEqual(own);
    } finally {
      netns.remove();
    }
  });
});

/** The farthest below the frame pointer that any instruction reaches, by a load or store or by making an address. */
function deepestStackUse(insns: Uint8Array): number {
  const [LDX, ST, STX] = [1, 2, 3];
  const ADD_TO_ADDRESS = 0x07;
  const FRAME = 10;
  const view = new DataView(insns.buffer);
  let deepest = 0;
  for (let at = 0; at < insns.length; at += 8) {
    const op = view.getUint8(at);
    const kind = op & 7;
    const [dst, src] = [view.getUint8(at + 1) & 15, view.getUint8(at + 1) >> 4];
    const inFrame = (kind === LDX && src === FRAME) || ((kind === ST || kind === STX) && dst === FRAME);
    const offset = inFrame
      ? view.getInt16(at + 2, true)
      : op === ADD_TO_ADDRESS
        ? view.getInt32(at + 4, true)
        : 0;
    if (offset >= -512) deepest = Math.max(deepest, -offset);
  }
  return deepest;
}
