import { expect, it } from "vitest";
import type { PwqError } from "../../../src/compiler/diagnostics/diagnostic.ts";
import { plan } from "../../../src/compiler/plan/plan.ts";
import { checked } from "../../check/program.ts";
import { fixtureBtf, fixtureFacts } from "../../fixtures/btf.ts";

it("no more functions without an skb are attached than are worth it", () => {
  const btf = fixtureBtf("6.12");
  const many = Object.create(btf, {
    functions: {
      value: () =>
        Array.from({ length: 9000 }, (_, i) => ({
          name: `f${i}`,
          prototype: btf.find("func", "fib_table_lookup")!.type,
        })),
    },
    type: { value: (id: number) => btf.type(id) },
    find: { value: btf.find.bind(btf) },
    skbFunctions: { value: () => btf.skbFunctions() },
    skbFunctionsLeftOut: { value: () => btf.skbFunctionsLeftOut() },
  }) as typeof btf;
  const facts = fixtureFacts("6.12", { btf: many, modules: () => [], traceable: () => undefined });
  const refused = (text: string): string[] => {
    try {
      plan(checked(text, { facts }), facts);
      return [];
    } catch (error) {
      return (error as PwqError).diagnostics.map(({ code }) => code);
    }
  };
  expect(refused("trace skb at drop, calls f*")).toEqual(["PWQ1274"]);
  expect(refused("trace skb at drop, calls f1*, calls f2*")).toEqual([]);
});
