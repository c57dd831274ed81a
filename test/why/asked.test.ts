import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import type { RecordLayout } from "../../src/compiler/compiled.ts";
import type { CheckedProgram } from "../../src/compiler/typed.ts";
import { explaining } from "../../src/why/asked.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";

const KERNELS = ["6.1", "6.12", "7.2"] as const satisfies readonly FixtureKernel[];

function checked(text: string, kernel: FixtureKernel): CheckedProgram {
  const { program, diagnostics } = check({ name: "<test>", text }, { facts: fixtureFacts(kernel) });
  if (!program) throw new Error(JSON.stringify(diagnostics));
  return program;
}

const recordOf = (program: CheckedProgram, kernel: FixtureKernel): RecordLayout =>
  compile(program, fixtureFacts(kernel)).queries[0]!.record;

const keys = ({ slots }: RecordLayout): readonly string[] => slots.map(({ key }) => key);

describe("evidence is captured", () => {
  it.each(KERNELS)("at drops alone, behind everything else, on %s", (kernel) => {
    const text = "trace skb where udp until drop show mark";
    const without = recordOf(checked(text, kernel), kernel);
    const record = recordOf(explaining(checked(text, kernel)), kernel);
    expect(without.short).toBe(without.size);
    // A word more for the bits that say what is there.
    expect(record.short - without.short).toBeLessThanOrEqual(8);
    expect(record.size).toBeGreaterThan(record.short);
    expect(keys(record)[0]).toBe("mark");
    for (const { key, offset } of record.slots)
      expect([key, offset >= record.short]).toEqual([key, key !== "mark"]);
    expect(keys(record)).toEqual(expect.arrayContaining(["why.stack", "why.data", "iface", "why.dst.dev"]));
  });

  it("once: what is shown anyway is not captured twice, and is there at all events", () => {
    const record = recordOf(checked("trace skb where udp until drop show iface, why", "6.12"), "6.12");
    expect(keys(record).filter((key) => key === "iface")).toHaveLength(1);
    expect(record.slots.find(({ key }) => key === "iface")!.offset).toBeLessThan(record.short);
  });

  it.each([
    ["drops are looked for", "trace drop where udp", true],
    ["journeys end in drops", "trace skb where udp ending drop", true],
    ["nothing is about drops", "trace skb where udp until deliver", false],
    ["drops are counted", "trace drop show count() by func", false],
  ])("where %s", (_, text, wanted) => {
    const record = recordOf(explaining(checked(text, "6.12")), "6.12");
    expect(keys(record).includes("why.stack")).toBe(wanted);
  });

  it("of few queries: with many the verifier would take long", () => {
    const queries = (count: number) => checked(Array(count).fill("trace drop where udp").join("\n"), "6.12");
    const explained = (count: number) =>
      explaining(queries(count)).queries.filter(({ captured }) => captured).length;
    expect([explained(1), explained(4), explained(5)]).toEqual([1, 4, 0]);
  });

  it("for programs only where `why` is shown", () => {
    expect(keys(recordOf(checked("trace drop where udp", "6.12"), "6.12"))).not.toContain("why.stack");
    expect(keys(recordOf(checked("trace drop where udp show why", "6.12"), "6.12"))).toContain("why.stack");
  });
});
