import { describe, expect, it } from "vitest";
import { unpackCookie } from "../../../src/compiler/plan/cookie.ts";
import { plan } from "../../../src/compiler/plan/plan.ts";
import { checked } from "../../check/program.ts";
import { type FixtureKernel, fixtureFacts } from "../../fixtures/btf.ts";

function planned(text: string, kernel: FixtureKernel = "6.12"): ReturnType<typeof plan> {
  const facts = fixtureFacts(kernel);
  return plan(checked(text, { facts }), facts);
}
const called = (made: ReturnType<typeof plan>): string[] =>
  made.kprobes.flatMap(({ symbol, program }) => (program.startsWith("pwq_called") ? [symbol] : [])).sort();

describe("calls", () => {
  it.each(["6.1", "6.12", "7.2"] as const)("are functions of the network and helpers on %s", (kernel) => {
    // bpf_ktime_get_ns is called by pwq's own programs.
    expect(called(planned("trace skb at path, calls", kernel))).toEqual([
      "bpf_skb_load_bytes",
      "fib_table_lookup",
      "neigh_lookup",
    ]);
    expect(called(planned("trace skb at path, calls bpf_k*", kernel))).toEqual(["bpf_ktime_get_ns"]);
  });

  it("are points, and every function with an skb tells whose calls they are", () => {
    const made = planned("trace skb at ip_rcv\ntrace skb at ip_output, calls fib_table_lookup");
    const call = made.kprobes.find(({ symbol }) => symbol === "fib_table_lookup")!;
    const { point, at, until, freePath, role } = unpackCookie(call.cookie);
    expect({ at, until, freePath, role }).toEqual({ at: 2, until: 0, freePath: 1, role: 0 });
    expect(made.points[point]).toEqual({ kind: "function", name: "fib_table_lookup" });
    const others = made.kprobes.filter((probe) => probe !== call).map(({ program }) => program);
    expect(new Set(others)).toEqual(new Set(["pwq_calling_multi"]));
    expect(made.looksAtCalls).toBe(true);
    expect(planned("trace skb at ip_rcv").looksAtCalls).toBe(false);
  });

  it("XDP programs are run for the packet of the call they are in", () => {
    const made = planned("trace skb at ip_rcv\ntrace skb at xdp, tc where udp.dport == 53");
    const runner = made.kprobes.find(({ symbol }) => symbol === "bpf_prog_run_generic_xdp")!;
    expect(runner.program).toBe("pwq_calling_multi");
    expect(unpackCookie(runner.cookie)).toMatchObject({ carries: 1, at: 0 });
    const other = made.kprobes.find(({ symbol }) => symbol === "ip_rcv")!;
    expect(unpackCookie(other.cookie).carries).toBe(0);
    expect(made.programPoints.map(({ program, cookie }) => [program, unpackCookie(cookie).at])).toEqual([
      ["pwq_tc", 2],
      ["pwq_xdp_of_skb", 2],
    ]);
    const [tc, xdp] = made.programPoints;
    expect(xdp!.first).toBe(tc!.first + tc!.count);
    expect(made.notices.join()).toMatch(/generic mode/);
  });

  it("by themselves do not say which packets: all functions do", () => {
    const all = planned("trace skb").kprobes.length;
    expect(planned("trace skb at calls neigh_lookup").kprobes.length).toBe(all + 1);
    expect(planned("trace skb at drop, calls neigh_lookup").kprobes.length).toBeLessThan(30);
  });

  it("are taken away by exclusions like other functions", () => {
    expect(called(planned("trace skb at path, calls, !fib_*, !bpf_*"))).toEqual(["neigh_lookup"]);
  });

  it("have arguments", () => {
    const facts = fixtureFacts("6.12");
    const [query] = checked("trace skb at drop, calls fib_table_lookup show arg(3)", { facts }).queries;
    expect(query!.show[0]!.value.type).toMatchObject({ kind: "int", bits: 32, signed: true });
  });
});
