import { describe, expect, it } from "vitest";
import type { PwqError } from "../../../src/compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../../../src/compiler/facts.ts";
import { COOKIE, ROLE } from "../../../src/compiler/layout.ts";
import type { BackendChoice } from "../../../src/compiler/plan/backend.ts";
import { unpackCookie } from "../../../src/compiler/plan/cookie.ts";
import { globMatcher } from "../../../src/compiler/plan/glob.ts";
import { type Plan, plan } from "../../../src/compiler/plan/plan.ts";
import { WAYPOINTS, WAYPOINTS_OF_KERNELS } from "../../../src/compiler/plan/waypoints.ts";
import { checked } from "../../check/program.ts";
import { type FixtureKernel, fixtureFacts } from "../../fixtures/btf.ts";

const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

function planned(
  text: string,
  kernel: FixtureKernel = "6.12",
  choice: BackendChoice = "auto",
  overrides: Partial<KernelFacts> = {},
): Plan {
  const facts = fixtureFacts(kernel, overrides);
  return plan(checked(text, { facts }), facts, choice);
}

function refusal(...args: Parameters<typeof planned>): string[] {
  try {
    planned(...args);
    return [];
  } catch (error) {
    return (error as PwqError).diagnostics.map((d) => d.code);
  }
}

function cookieOf(made: Plan, symbol: string): Record<keyof typeof COOKIE, number> {
  const cookie = made.kprobes.find((k) => k.symbol === symbol)!.cookie;
  return Object.fromEntries(
    Object.entries(COOKIE).map(([name, [first, bits]]) => [
      name,
      Number((cookie >> BigInt(first)) & ((1n << BigInt(bits)) - 1n)),
    ]),
  ) as Record<keyof typeof COOKIE, number>;
}

const names = (made: Plan): string[] => made.kprobes.map((k) => k.symbol).sort();
const withoutProbes: Partial<KernelFacts> = {
  features: {
    kprobeMulti: false,
    kprobe: false,
    kprobeSession: false,
    programProbe: true,
    rawTracepoint: true,
    rdonlyCast: true,
    ringBuffer: true,
    interruptContext: true,
  },
};

describe("what is attached", () => {
  it.each(KERNELS)("drops alone need one tracepoint and no following on %s", (kernel) => {
    const made = planned("trace drop where tcp.dport == 443", kernel);
    expect(made.kprobes).toEqual([]);
    expect(made.tracepoints.map((t) => t.tracepoint)).toEqual(["kfree_skb"]);
    expect(made.queries).toEqual([{ once: true, ending: [] }]);
  });

  it("a condition that ends a journey at its drop needs the drop", () => {
    const points = (text: string) => planned(text).tracepoints.map((t) => t.tracepoint);
    expect(points("trace skb at ip_rcv follow clone until drop and tcp")).toContain("kfree_skb");
    const made = planned("trace skb at ip_rcv until drop and tcp");
    expect((made.programs.find((p) => p.tracepoint === "kfree_skb")!.cookie >> 32n) & 1n).toBe(1n);
  });

  it.each(KERNELS)("all functions, with the hooks of an skb's life, on %s", (kernel) => {
    const made = planned("trace skb until drop", kernel);
    expect(made.kprobes.length).toBeGreaterThan(1000);
    expect(new Set(names(made)).size).toBe(made.kprobes.length);
    expect(cookieOf(made, "__copy_skb_header")).toMatchObject({ role: ROLE.clone, skb: 0, other: 1, at: 1 });
    expect(cookieOf(made, "kfree_skbmem")).toMatchObject({ role: ROLE.free, headless: 1, freePath: 1 });
    expect(cookieOf(made, "nf_hook_slow")).toMatchObject({ role: ROLE.none, skb: 0, freePath: 0 });
    expect(made.tracepoints.map((t) => t.tracepoint).sort()).toEqual(["consume_skb", "kfree_skb"]);
  });

  it("the skb may be any argument", () => {
    expect(cookieOf(planned("trace skb at tcp_v4_do_rcv"), "tcp_v4_do_rcv").skb).toBe(1);
    expect(cookieOf(planned("trace skb at ip_output"), "ip_output").skb).toBe(2);
  });

  it("hooks of following are attached, but are not points of the query", () => {
    const made = planned("trace skb at ip_rcv until drop");
    expect(cookieOf(made, "ip_rcv").at).toBe(1);
    expect(cookieOf(made, "__copy_skb_header").at).toBe(0);
    expect(names(planned("trace skb at ip_rcv follow none"))).toEqual(["ip_rcv"]);
  });

  it.each(KERNELS)("a query that does not follow everything stops at what it leaves out, on %s", (kernel) => {
    const made = planned(
      "trace skb at ip_rcv follow clone, netns\ntrace skb at ip_output follow copy, segment, xdp, nat",
      kernel,
    );
    expect(cookieOf(made, "__copy_skb_header")).toMatchObject({ role: ROLE.clone, apart: 0 });
    expect(cookieOf(made, "skb_clone")).toMatchObject({ role: ROLE.copying, skb: 0, other: 0, apart: 0b10 });
    expect(cookieOf(made, "skb_copy_header")).toMatchObject({ role: ROLE.copying, other: 1, apart: 0b01 });
    expect(cookieOf(made, "skb_segment")).toMatchObject({ role: ROLE.copying, apart: 0b01 });
    expect(cookieOf(made, "skb_scrub_packet")).toMatchObject({ role: ROLE.crossing, other: 1, apart: 0b10 });
    expect(cookieOf(made, "veth_xmit")).toMatchObject({ role: ROLE.crossing, other: 0, apart: 0b11 });
    expect(cookieOf(made, "veth_xdp_rcv_skb")).toMatchObject({ role: ROLE.crossing, skb: 1, other: 1 });
    // nf_nat is not among the modules of the fixture.
    expect(made.notices).toEqual(["journeys do not end at nat: this kernel has no nf_nat_manip_pkt now"]);
  });

  it("a query that follows everything needs none of that", () => {
    const made = planned("trace skb at ip_rcv");
    for (const name of ["skb_clone", "skb_segment", "skb_scrub_packet", "veth_xmit"])
      expect(names(made)).not.toContain(name);
    expect(names(made)).toEqual(expect.arrayContaining(["ip_copy_metadata", "ip6_copy_metadata"]));
    expect(made.notices).toEqual([]);
  });

  it("without function probes, it says what it cannot do", () => {
    const made = planned("trace skb follow clone, nat", "6.12", "auto", withoutProbes);
    expect(made.notices).toEqual(
      expect.arrayContaining(["journeys do not end at netns, veth, xdp: that needs function probes"]),
    );
  });

  it("each query has its bit", () => {
    const made = planned("trace skb at ip_rcv\ntrace skb at ip_rcv, ip_output until fn(ip_output)");
    expect(cookieOf(made, "ip_rcv").at).toBe(0b11);
    expect(cookieOf(made, "ip_output")).toMatchObject({ at: 0b10, until: 0b10 });
  });

  it("exclusions, modules and waypoints", () => {
    const some = names(planned("trace skb at ip_rcv*, !ip_rcv_core follow none"));
    expect(some).toContain("ip_rcv");
    expect(some).not.toContain("ip_rcv_core");
    expect(planned("trace skb at module veth follow none").kprobes.every((k) => k.module === "veth")).toBe(
      true,
    );
    expect(planned("trace skb at !ip_* follow none").kprobes.some((k) => k.symbol.startsWith("ip_"))).toBe(
      false,
    );
    const path = names(planned("trace skb at path follow none"));
    expect(path.length).toBeGreaterThan(25);
    expect(path.every((name) => WAYPOINTS.includes(name))).toBe(true);
  });

  it.each(KERNELS)("functions of modules are among all, and can be chosen by module, on %s", (kernel) => {
    const facts = fixtureFacts(kernel);
    const program = checked("trace skb follow none", { facts });
    const modulesOf = (...only: [(readonly string[])?]): ReadonlySet<string | undefined> =>
      new Set(plan(program, facts, "auto", ...only).kprobes.map((k) => k.module));
    expect(modulesOf()).toEqual(new Set([undefined, "nf_conntrack", "veth"]));
    expect(modulesOf(["veth"])).toEqual(new Set([undefined, "veth"]));
    expect(modulesOf([])).toEqual(new Set([undefined]));
    expect(() => modulesOf(["vetj"])).toThrow(/no module `vetj` is loaded/);
    const conntrack = planned("trace skb at module nf_* follow none", kernel).kprobes;
    expect(conntrack.length).toBeGreaterThan(5);
    expect(new Set(conntrack.map((k) => k.module))).toEqual(new Set(["nf_conntrack"]));
    const without = planned("trace skb at all, !module nf_* follow none", kernel).kprobes;
    expect(without.length).toBe(planned("trace skb follow none", kernel).kprobes.length - conntrack.length);
  });

  it.each(KERNELS)("every waypoint is there on %s, under one of its names", (kernel) => {
    const path = names(planned("trace skb at path follow none", kernel));
    const absent = WAYPOINTS_OF_KERNELS.filter((spellings) => !spellings.some((name) => path.includes(name)));
    expect(absent).toEqual([]);
  });

  it("terminals are looked at besides the points", () => {
    const made = planned("trace skb at ip_rcv until deliver, xmit");
    expect(cookieOf(made, "__udp_enqueue_schedule_skb")).toMatchObject({ at: 0, until: 1 });
    expect(made.tracepoints.map((t) => t.tracepoint)).toContain("net_dev_start_xmit");
  });

  it("a name that several functions share is left out, and says why when it is asked for", () => {
    const traceable = (): ReturnType<KernelFacts["traceable"]> => ({
      has: () => true,
      isAmbiguous: (name) => name === "ip_rcv",
      copies: () => [],
    });
    const made = planned("trace skb", "6.12", "auto", { traceable });
    expect(names(made)).not.toContain("ip_rcv");
    expect(made.leftOut()).toContainEqual({ reason: "several functions share the name", names: ["ip_rcv"] });
    expect(refusal("trace skb at ip_rcv", "6.12", "auto", { traceable })).toEqual(["PWQ1252"]);
  });

  it("what is left out is counted", () => {
    const made = planned("trace skb");
    const reasons = made.leftOut().map((l) => l.reason);
    expect(reasons).toContain("inlined or marked notrace");
    expect(reasons).toContain("compiler copies, whose arguments BTF does not describe");
    expect(made.leftOut().every((l) => l.names.length > 0)).toBe(true);
    expect(names(made).some((name) => name.includes("."))).toBe(false);
  });
});

describe("without function probes", () => {
  it("all means all tracepoints that may be looked at, and it says so", () => {
    const made = planned("trace skb where tcp until drop", "6.12", "auto", withoutProbes);
    expect(made.backend).toBe("tracepoint");
    const tracepoints = made.tracepoints.map((t) => t.tracepoint);
    expect(tracepoints).toContain("netif_receive_skb");
    expect(tracepoints).not.toContain("net_dev_xmit");
    expect(made.notices[0]).toMatch(/no function probes here: looking at \d+ tracepoints/);
    expect(made.notices.join()).toContain("clones and copies");
  });

  it.each([
    ["trace skb at ip_rcv", "PWQ1256"],
    ["trace skb at path", "PWQ1256"],
    ["trace skb at module veth", "PWQ1256"],
    ["trace skb until deliver", "PWQ1258"],
    ["trace skb until fn(ip_rcv)", "PWQ1258"],
  ])("%s is %s", (text, code) => {
    expect(refusal(text, "6.12", "auto", withoutProbes)).toEqual([code]);
  });

  it("the same when asked for", () => {
    expect(planned("trace skb", "6.12", "tracepoint").kprobes).toEqual([]);
    expect(refusal("trace skb", "6.1", "kprobe-multi")).toEqual(["PWQ1257"]);
  });
});

describe("what cannot be looked at", () => {
  it.each([
    ["trace skb at ip_recv", "PWQ1250"],
    ["trace skb at no_such_*", "PWQ1250"],
    ["trace skb at dst_output", "PWQ1252"],
    ["trace skb at module no_such", "PWQ1253"],
    ["trace skb at tracepoint net:no_such", "PWQ1254"],
    ["trace skb at tracepoint net:net_dev_xmit", "PWQ1255"],
    ["trace skb at ip_rcv, !ip_*", "PWQ1259"],
    ["trace skb until fn(no_such)", "PWQ1250"],
    [Array.from({ length: 9 }, () => "trace drop").join("\n"), "PWQ1260"],
  ])("%s is %s", (text, code) => {
    expect(refusal(text)).toEqual([code]);
  });
});

describe("globs", () => {
  it.each([
    ["ip_*", "ip_rcv", true],
    ["ip_*", "xip_rcv", false],
    ["ip?rcv", "ip_rcv", true],
    ["[a-i]p_rcv", "ip_rcv", true],
    ["[!a-i]p_rcv", "ip_rcv", false],
    ["a.b", "axb", false],
    ["ip_rcv", "ip_rcv_core", false],
    ["[]", "", false],
    ["a[b", "a[b", true],
  ])("%s on %s: %s", (glob, name, matches) => {
    expect(globMatcher(glob)(name)).toBe(matches);
  });
});

describe("returns", () => {
  const QUERY = "trace skb at ip_rcv, nf_hook_slow, kfree_skbmem until drop show ret";
  it("are points of their own, of the functions that return something, numbered behind all others", () => {
    const made = planned(QUERY);
    const { first } = made.returns!;
    expect(made.returns).toMatchObject({ how: "session", program: "pwq_session", lasting: 0 });
    expect(made.points.slice(first).map(({ kind, name }) => [kind, name])).toEqual([
      ["return", "ip_rcv"],
      ["return", "nf_hook_slow"],
    ]);
    expect(made.points.slice(0, 2).map(({ name }) => name)).toEqual(["ip_rcv", "nf_hook_slow"]);
    expect(made.points[first]!.value).toMatchObject({ kind: "scalar", size: 4, signed: true });
    expect(cookieOf(made, "ip_rcv").returns).toBe(1);
    expect(cookieOf(made, "kfree_skbmem").returns).toBe(0);
  });

  it("have probes of their own where the kernel has no sessions", () => {
    expect(planned(QUERY, "6.1").returns).toMatchObject({ how: "kretprobe", program: "pwq_kretprobe" });
    expect(refusal("trace skb show ret", "6.1")).toEqual(["PWQ1267"]);
    expect(planned("trace skb show ret", "6.12").returns!.how).toBe("session");
  });

  it("are not waited for where nobody asks", () => {
    const made = planned("trace skb at ip_rcv show arg(1)");
    expect(made.returns).toBeUndefined();
    expect(made.points.some(({ kind }) => kind === "return")).toBe(false);
  });

  it("say where their types differ", () => {
    expect(planned("trace skb at ip_rcv, nf_hook_slow show ret, arg(0)").notices).toEqual([]);
    expect(planned("trace skb at ip_rcv, nf_hook_slow show arg(3)").notices[0]).toMatch(
      /^`arg\(3\)` has other types/,
    );
  });
});

describe("programs at tc", () => {
  it("are points of their own, whose names are not known yet, and need no function", () => {
    const made = planned("trace skb at tc follow none show mark");
    expect(made.kprobes).toEqual([]);
    expect(made.programPoints).toMatchObject([{ program: "pwq_tc", types: [3, 4], label: "tc", first: 0 }]);
    expect(made.points.length).toBe(made.programPoints[0]!.count);
    expect(made.points[0]).toMatchObject({ kind: "program" });
    const { cookie } = made.programPoints[0]!;
    expect(unpackCookie(cookie + 7n)).toMatchObject({ point: 7, at: 1, until: 0 });
  });

  it("stand behind all other points", () => {
    const made = planned("trace skb at ip_rcv, tc until drop\ntrace skb at ip_rcv");
    expect(made.points.findIndex(({ kind }) => kind === "program")).toBe(made.programPoints[0]!.first);
    expect(unpackCookie(made.programPoints[0]!.cookie).at).toBe(1);
    expect(made.points.slice(made.programPoints[0]!.first).every(({ kind }) => kind === "program")).toBe(
      true,
    );
    expect(planned("trace skb at ip_rcv").programPoints).toEqual([]);
  });

  it("are refused where the kernel has no probes on programs", () => {
    const { features } = fixtureFacts("6.12");
    expect(
      refusal("trace skb at tc", "6.12", "auto", { features: { ...features, programProbe: false } }),
    ).toEqual(["PWQ1270"]);
  });
});

describe("frames at XDP programs", () => {
  it("need the programs and nothing else", () => {
    const made = planned("trace xdp where udp.dport == 53 and ret == XDP_DROP");
    expect(made.kprobes).toEqual([]);
    expect(made.tracepoints).toEqual([]);
    expect(made.programPoints).toMatchObject([{ program: "pwq_xdp", types: [6], label: "xdp", first: 0 }]);
    expect(made.points[0]).toMatchObject({ kind: "program", value: { size: 4, signed: false } });
  });
});
