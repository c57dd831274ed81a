import { describe, expect, test } from "vitest";
import { readBtf } from "../../../src/compiler/btf/reader.ts";
import type { ProbeName, ProbeResult } from "../../../src/native/native.ts";
import { type FeatureProbe, features, findFeature } from "../../../src/runtime/kernel/features.ts";
import { BtfBuilder } from "../../compiler/btf/build-btf.ts";
import { fixtureBtf } from "../../fixtures/btf.ts";

const btf = fixtureBtf("6.12");
const EPERM = { ok: false, errno: 1, reason: "Operation not permitted" } as const;
const EINVAL = { ok: false, errno: 22, reason: "Invalid argument" } as const;

/** A kernel that answers as told, and remembers what it was asked. */
function kernel(answers: Partial<Record<ProbeName | "rdonly-cast" | "variable", ProbeResult>>) {
  const asked: string[] = [];
  const answer = (name: ProbeName | "rdonly-cast" | "variable"): ProbeResult => {
    asked.push(name);
    return answers[name] ?? { ok: true };
  };
  const probe: FeatureProbe = {
    probe: answer,
    probeVariable(variable) {
      expect(btf.type(variable).kind).toBe("var");
      return answer("variable");
    },
    probeRdonlyCast(kfunc, struct) {
      expect(btf.type(kfunc).name).toBe("bpf_rdonly_cast");
      expect(btf.type(struct)).toMatchObject({ kind: "struct", name: "sk_buff" });
      return answer("rdonly-cast");
    },
  };
  return { probe, asked };
}

describe("a probe's answer counts", () => {
  test("yes and no", () => {
    const { probe } = kernel({ "kprobe-multi": EINVAL, "rdonly-cast": EINVAL, variable: EINVAL });
    expect({ ...features(btf, probe) }).toEqual({
      kprobeMulti: false,
      kprobe: true,
      kprobeSession: true,
      rawTracepoint: true,
      programProbe: true,
      rdonlyCast: false,
      ringBuffer: true,
      interruptContext: false,
    });
    expect(findFeature("kprobeMulti", btf, probe)).toMatchObject({ ok: false, reason: "Invalid argument" });
  });

  test("each thing is tried when it is asked for, and once", () => {
    const { probe, asked } = kernel({});
    const found = features(btf, probe);
    expect(asked).toEqual([]);
    expect(found.kprobe && found.kprobe && found.ringBuffer).toBe(true);
    expect(asked).toEqual(["kprobe", "ring-buffer"]);
  });

  test("a kernel without the kfunc is not asked about it", () => {
    const { probe, asked } = kernel({});
    expect(findFeature("rdonlyCast", fixtureBtf("6.1"), probe)).toMatchObject({
      ok: false,
      reason: "no kfunc bpf_rdonly_cast in BTF",
    });
    expect(asked).toEqual([]);
  });
});

describe("where trying is not permitted, or there is nothing to try with", () => {
  test.each([
    ["not permitted", kernel({ "rdonly-cast": EPERM, kprobe: EPERM }).probe],
    ["no addon", undefined],
  ])("%s: the kernel's types tell", (_, probe) => {
    expect(findFeature("rdonlyCast", btf, probe)).toEqual({ ok: true });
    expect(findFeature("rdonlyCast", fixtureBtf("6.1"), undefined)).toEqual({
      ok: false,
      reason: "needs Linux 6.2",
    });
    expect(findFeature("kprobeMulti", btf, undefined)).toEqual({ ok: true });
    expect(findFeature("kprobeMulti", fixtureBtf("6.1"), undefined)).toMatchObject({ ok: false });
    expect(findFeature("kprobeSession", btf, undefined)).toEqual({ ok: true });
    expect(findFeature("kprobeSession", fixtureBtf("6.1"), undefined)).toMatchObject({ ok: false });
    expect(findFeature("kprobe", fixtureBtf("6.1"), probe)).toEqual({ ok: true });
    expect(findFeature("interruptContext", btf, probe)).toEqual({ ok: true });
    const nothing = readBtf(new BtfBuilder().bytes(), "nothing");
    expect(Object.values(features(nothing))).toEqual(Array.from({ length: 8 }, () => false));
  });
});
