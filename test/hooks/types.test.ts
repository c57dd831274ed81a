import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import type { Diagnostic } from "../../src/compiler/diagnostics/diagnostic.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import { FIELDS } from "../../src/compiler/fields/table.ts";
import { stepsTo } from "../../src/hooks/source/members.ts";
import { declarations } from "../../src/hooks/types/declarations.ts";
import { findCompiler, typeCheck } from "../../src/hooks/types/type-check.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

const compiler = findCompiler([import.meta.filename])!;

/** What the real TypeScript compiler says about hooks of a program for the kernel of the fixture. */
function said(text: string, file?: string): readonly Diagnostic[] {
  const hookFiles = file === undefined ? [] : [{ name: "hooks.ts", text: file }];
  const { typed, diagnostics } = check(
    { name: "test.pwq", text },
    { facts: fixtureFacts("6.12"), hookFiles },
  );
  expect(render(diagnostics, { color: false })).toBe("");
  return typeCheck(compiler, typed!.hooks!, typed!);
}

describe("the TypeScript compiler", () => {
  test("has nothing to say about what is right, in both forms", () => {
    const program =
      "param net: cidr = 10.0.0.0/8\ntrace skb where tcp until drop show mark, skb->dev->ifindex as dev\n";
    expect(
      said(
        `${program}on drop (e) {
  if (e.drop.reason === "NETFILTER_DROP") report(\`\${e.func} refused \${e.ip.src} -> \${e.ip.dst}\`, { severity: "error" });
  if (e.has("udp")) emit({ port: e.udp.dport, inside: ip(params.net).contains(e.ip.src) });
  const kept = e.copy();
  print(kept.tcp.flags?.includes("SYN"), e.dev, format.duration(e.elapsed ?? 0));
}
on packet (p) { print(p.events.filter((e) => e.drop?.reason !== undefined).length, p.outcome === "drop", p.path[0]) }
on tick(1s) (t) { print(t.events) }
on stop { print(state.n) }`,
      ),
    ).toEqual([]);
    const file = `const seen = new Map<string, number>();
on("event", (e) => { seen.set(e.func, (seen.get(e.func) ?? 0) + 1); });
on("tick(500ms)", ({ seconds }) => print(seconds));
on("stop", () => { for (const [func, n] of seen) emit({ func, n }); });`;
    expect(said(program, file)).toEqual([]);
  });

  test("says what is wrong, at its place in the program", () => {
    const name = join(import.meta.dirname, "errors", "PWQ1607-types");
    const drawn = render(said(readFileSync(`${name}.txt`, "utf8")), { color: false });
    if (process.env.UPDATE) writeFileSync(`${name}.golden`, drawn);
    expect(drawn).toBe(readFileSync(`${name}.golden`, "utf8"));
  });

  test("knows every field by its name", () => {
    const { typed } = check({ name: "test.pwq", text: "trace skb" });
    const text = declarations(typed!);
    for (const name of FIELDS.keys())
      expect(text).toMatch(new RegExp(`  readonly "?${stepsTo(name).at(-1)!}"?: `));
    const uses = [...FIELDS.keys()]
      .map((name) =>
        stepsTo(name)
          .map((step) => `["${step}"]`)
          .join(""),
      )
      .map((path) => `  print(e${path.replace('["drop"]', '["drop"]?.')});`)
      .join("\n");
    expect(said(`trace skb\non event (e) {\n${uses}\n}`).map(({ message }) => message)).toEqual([]);
  });
});
