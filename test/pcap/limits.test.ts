import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import { type Diagnostic, PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import type { CbpfInsn } from "../../src/compiler/pcap/cbpf.ts";
import type { PcapCompile } from "../../src/compiler/pcap/filter.ts";
import { native } from "../../src/native/native.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";

const libpcap = pcapCompiler(native);

function found(text: string, kernel: FixtureKernel, pcap: PcapCompile = libpcap): readonly Diagnostic[] {
  const facts = fixtureFacts(kernel);
  const { program, diagnostics } = check({ name: "<query>", text }, { facts, pcap });
  if (!program) return diagnostics;
  try {
    compile(program, facts);
    return diagnostics;
  } catch (error) {
    if (error instanceof PwqError) return error.diagnostics;
    throw error;
  }
}

/** As if libpcap had made this of any text; its own optimiser takes minutes for a thousand hosts. */
const compilesTo =
  (length: number, insn: CbpfInsn): PcapCompile =>
  () => ({
    program: [...Array.from({ length: length - 1 }, () => insn), { code: 0x06, jt: 0, jf: 0, k: 1 }],
  });
const comparison: CbpfInsn = { code: 0x15, jt: 0, jf: 0, k: 7 };
const constantLoad: CbpfInsn = { code: 0x00, jt: 0, jf: 0, k: 7 };
const loadAtX: CbpfInsn = { code: 0x40, jt: 0, jf: 0, k: 7 };
const backward: CbpfInsn = { code: 0x05, jt: 0, jf: 0, k: 0xffff_fffe };

describe.each<FixtureKernel>(["6.1", "6.12"])("what a filter may be on Linux %s", (kernel) => {
  const query = 'trace skb where pcap "vlan and so on"';

  it("as many instructions as the kernel takes for a socket", () => {
    expect(found(query, kernel, compilesTo(4096, constantLoad))).toEqual([]);
    expect(found(query, kernel, compilesTo(4096, comparison))).toEqual([]);
    const [problem] = found(query, kernel, compilesTo(4097, comparison));
    expect([problem?.code, problem?.label]).toEqual([
      "PWQ1266",
      "it has 4097 instructions; the kernel takes 4096",
    ]);
  });

  it("no loops", () => {
    expect(found(query, kernel, compilesTo(3, backward)).map(({ code }) => code)).toEqual(["PWQ1266"]);
  });

  it("no more code than jumps reach over", () => {
    const [problem] = found(query, kernel, compilesTo(4000, loadAtX));
    expect([problem?.code, problem?.message]).toEqual([
      "PWQ1266",
      "the filter `vlan and so on` is too long for the kernel",
    ]);
  });

  it("one of many, with tunnels and a dozen columns", () => {
    const ports = Array.from({ length: 12 }, (_, i) => `pcap "port ${i + 1}" or inner.pcap "port ${i + 1}"`);
    const text = `trace skb where (${ports.join(" or ")}) and inner.ip.src != 10.0.0.1 until drop, inner.tcp.flags has RST
      show tuple, inner.tuple, tunnel.kind, tunnel.vni, inner.eth.src, inner.payload.len, iface, process`;
    expect(found(text, kernel).filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

it("a name that nobody knows is libpcap's to refuse", () => {
  const [problem] = found('trace skb where pcap "port no-such-service"', "6.12");
  expect(problem?.code).toBe("PWQ1133");
  expect(problem?.label).toMatch(/no-such-service/);
});

it("a filter without libpcap's compiler is let pass, and cannot be compiled", () => {
  const facts = fixtureFacts("6.12");
  const { program } = check({ name: "<query>", text: 'trace skb where pcap "tcp"' }, { facts });
  expect(() => compile(program!, facts)).toThrow(/PWQ1262/);
});
