import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { evaluate } from "../../src/compiler/evaluate.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { Random } from "../random.ts";
import { randomFilter } from "./filters.ts";
import { fieldsOf, randomOccasion } from "./occasion.ts";
import { randomPacket } from "./packets.ts";
import { environmentOf, explain } from "./parse.ts";
import { pcap } from "./pcap.ts";

const facts = fixtureFacts("6.12");
const checked = (where: string) =>
  check({ name: "filter", text: `trace skb where ${where}` }, { facts, pcap });
const COUNT = 500;

describe("random filters", () => {
  const random = new Random(5);
  const filters = Array.from({ length: COUNT }, () => randomFilter(random));

  it("are right in the eyes of the front end", () => {
    const wrong = filters.flatMap((text) => {
      const error = checked(text).diagnostics.find(({ severity }) => severity === "error");
      return error ? [`${text}: ${error.message}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("are true, false and unknown of random packets", () => {
    const environments = Array.from({ length: 40 }, () =>
      environmentOf(explain(randomPacket(random)), fieldsOf(randomOccasion(random))),
    );
    const seen = new Map<unknown, number>();
    for (const text of filters) {
      const where = checked(text).program!.queries[0]!.where!;
      for (const environment of environments) {
        const value = evaluate(where, environment);
        seen.set(value, (seen.get(value) ?? 0) + 1);
      }
    }
    const all = COUNT * environments.length;
    expect([...seen.keys()].sort()).toEqual([false, true, undefined]);
    for (const count of seen.values()) expect(count / all).toBeGreaterThan(0.1);
  });
});
