import { expect, it } from "vitest";
import { compile } from "../../src/compiler/compile.ts";
import { native } from "../../src/native/native.ts";
import { linked } from "../../src/runtime/kernel-tracer.ts";
import { checked } from "../check/program.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

/** Templates, and what is generated, call each other: whatever a query needs must be there, and once. */
it.each([
  "trace skb",
  "trace skb at path, calls",
  "trace skb at path, calls show context, stack",
  "trace skb at path, tc",
  "trace skb at calls fib_table_lookup, tc when changed(mark)",
  "trace xdp",
  "trace skb at xdp, tc",
  "trace skb at path, xdp, calls",
])("%s: all parts of the object are there", (text) => {
  for (const kernel of ["6.1", "6.12", "7.2"] as const) {
    const facts = fixtureFacts(kernel);
    const compiled = compile(checked(text, { facts }), facts);
    const obj = native().openObject(linked(native(), compiled));
    const names = native()
      .programs(obj)
      .map(({ name }) => name);
    native().closeObject(obj);
    const wanted = [...compiled.plan.kprobes, ...compiled.plan.tracepoints].map(({ program }) => program);
    expect(names).toEqual(expect.arrayContaining([...new Set(wanted)]));
  }
});
