import { describe, expect, it } from "vitest";
import { surely } from "../../../src/compiler/codegen/lower.ts";
import { ProgramNames } from "../../../src/compiler/codegen/program-names.ts";
import { selection } from "../../../src/compiler/codegen/select/select.ts";
import { compile } from "../../../src/compiler/compile.ts";
import { plan } from "../../../src/compiler/plan/plan.ts";
import { checked } from "../../check/program.ts";
import { fixtureFacts } from "../../fixtures/btf.ts";

const facts = fixtureFacts("6.12");

/** What `pwq_select` would test; the agreement with the language on random packets is tested in test/oracle. */
function selectionOf(text: string) {
  const program = checked(text, { facts });
  const { points } = plan(program, facts);
  return selection(
    program.queries.map(
      ({ where, source }) =>
        where &&
        surely(where, true, {
          facts,
          points,
          functions: () => new Set<number>(),
          programs: new ProgramNames([]),
          source,
          past: new Map(),
        }),
    ),
  );
}

describe("pwq_select", () => {
  it.each([
    ["trace skb", "everything is meant"],
    ["trace skb where eth.src == 02:00:00:00:00:01", "an Ethernet header is not looked for"],
    ["trace skb where udp or eth", "one of two may be true"],
    ['trace skb where func == "ip_rcv"', "the function is not known"],
    ["trace skb where tcp\ntrace skb show mark", "another query means everything"],
  ])("says nothing for %s: %s", (text) => {
    expect(selectionOf(text)).toBeUndefined();
  });

  it.each([
    ["trace skb where mark == 7", false],
    ['trace skb where iface == "eth0"', false],
    ["trace skb where mark == 7 and tcp.dport == 443", true],
    ["trace skb where udp or ip.src == 10.0.0.1", true],
    ["trace drop where udp and drop.reason == NO_SOCKET", true],
  ])("tells for %s", (text, headers) => {
    expect(selectionOf(text)).toMatchObject({ headers });
  });

  it("reaches as far as the headers that are asked about must be linear", () => {
    const { shapes } = selectionOf("trace skb where udp.dport == 53")!;
    expect([shapes.ip4.reach, shapes.ip6.reach]).toEqual([28, 48]);
    expect(selectionOf("trace skb where tcp or udp")!.shapes.ip4.reach).toBe(40);
    expect(selectionOf("trace skb where ip.ttl < 5")!.shapes.ip4.reach).toBe(20);
  });

  it("is decided for a family that cannot match", () => {
    const { shapes } = selectionOf("trace skb where ip.dst == 10.0.0.1")!;
    expect(shapes.ip6.condition).toEqual({ op: "const", value: false });
  });
});

describe("entry programs", () => {
  const programs = (text: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { program } of compile(checked(text, { facts }), facts).plan.kprobes)
      counts.set(program, (counts.get(program) ?? 0) + 1);
    return counts;
  };

  it("know the place of the skb where the queries can tell; what follows packets asks for its cookie", () => {
    const counts = programs("trace skb where tcp.dport == 443");
    expect([...counts.keys()].sort()).toEqual([
      "pwq_kprobe_multi",
      "pwq_kprobe_multi_0",
      "pwq_kprobe_multi_1",
      "pwq_kprobe_multi_2",
    ]);
    expect(counts.get("pwq_kprobe_multi_0")).toBeGreaterThan(counts.get("pwq_kprobe_multi")!);
  });

  it("are one where the queries cannot tell, or for few functions", () => {
    expect([...programs("trace skb").keys()]).toEqual(["pwq_kprobe_multi"]);
    expect([...programs("trace skb at ip_rcv, ip_output where tcp").keys()]).toEqual(["pwq_kprobe_multi"]);
  });
});
