import { describe, expect, test } from "vitest";
import type { AttachPlan, KprobeAttachment } from "../../src/compiler/compiled.ts";
import type { Link, Native, NativeError, Obj } from "../../src/native/native.ts";
import { attachPlan } from "../../src/runtime/attach.ts";
import { compiled } from "./records.ts";

const OBJ = {} as Obj;

function nativeError(code: string): NativeError {
  return Object.assign(new Error(code), { operation: "attach", errno: 1, code });
}

/** An addon that refuses some functions and tracepoints, and remembers what is attached. */
function addon(refuses: Readonly<Record<string, string>>) {
  const attached = new Map<Link, readonly string[]>();
  const cookies = new Map<string, bigint>();
  let calls = 0;
  const hold = (names: readonly string[]): Link => {
    const link = {} as Link;
    attached.set(link, names);
    return link;
  };
  const native: Partial<Native> = {
    attachKprobeMulti(_obj, program, functions, given) {
      calls++;
      const names = functions as readonly string[];
      const refused = names.find((name) => name in refuses);
      if (refused) throw nativeError(refuses[refused]!);
      expect(program).toBe("pwq_kprobe_multi");
      names.forEach((name, i) => {
        cookies.set(name, given[i]!);
      });
      return hold(names);
    },
    attachRawTracepoint(_obj, _program, name) {
      if (name in refuses) throw nativeError(refuses[name]!);
      return hold([name]);
    },
    detach: (link) => {
      attached.delete(link);
    },
  };
  return {
    native: native as Native,
    names: () => [...attached.values()].flat().sort(),
    cookies,
    calls: () => calls,
  };
}

const probes = (count: number): KprobeAttachment[] =>
  Array.from({ length: count }, (_, i) => ({
    symbol: `f${i}`,
    cookie: BigInt(i),
    program: "pwq_kprobe_multi",
  }));
const plan = (rest: Partial<AttachPlan>): AttachPlan => compiled([], rest).plan;

describe("kprobe-multi", () => {
  test("everything in one call, each with its cookie", () => {
    const fake = addon({});
    const { count, refused } = attachPlan(fake.native, OBJ, plan({ kprobes: probes(1000) }));
    expect([count, refused, fake.calls()]).toEqual([1000, [], 1]);
    expect(fake.cookies.get("f999")).toBe(999n);
  });

  test("functions that are refused are found by halving, and the rest is attached", () => {
    const fake = addon({ f3: "ESRCH", f700: "EINVAL" });
    const { count, refused } = attachPlan(fake.native, OBJ, plan({ kprobes: probes(1000) }));
    expect(count).toBe(998);
    expect(refused).toEqual([
      { symbol: "f3", code: "ESRCH" },
      { symbol: "f700", code: "EINVAL" },
    ]);
    expect(fake.names()).toHaveLength(998);
    expect(fake.cookies.get("f701")).toBe(701n);
    expect(fake.calls()).toBeLessThan(50);
  });

  test("another error is thrown, and what was attached is taken off", () => {
    const fake = addon({ f1: "ESRCH", f3: "EPERM" });
    expect(() => attachPlan(fake.native, OBJ, plan({ kprobes: probes(4) }))).toThrow("EPERM");
    expect(fake.names()).toEqual([]);
  });
});

describe("tracepoints", () => {
  const tracepoints = [
    { program: "pwq_tp_kfree_skb", tracepoint: "kfree_skb" },
    { program: "pwq_tp_new", tracepoint: "new", optional: true },
  ];
  test("one that only some kernels have is left out silently", () => {
    const fake = addon({ new: "ENOENT" });
    const { count, refused } = attachPlan(fake.native, OBJ, plan({ tracepoints }));
    expect([count, refused, fake.names()]).toEqual([1, [], ["kfree_skb"]]);
  });
  test("one that is needed is not", () => {
    const fake = addon({ kfree_skb: "ENOENT" });
    expect(() => attachPlan(fake.native, OBJ, plan({ kprobes: probes(2), tracepoints }))).toThrow("ENOENT");
    expect(fake.names()).toEqual([]);
  });
});
