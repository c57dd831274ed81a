import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { documentation } from "../../src/cli/program.ts";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import { findCompiler, typeCheck } from "../../src/hooks/types/type-check.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

const files = readdirSync("examples").filter((name) => name.endsWith(".pwq"));
const source = (file: string) => ({
  name: `@${file.replace(/\.pwq$/, "")}`,
  text: readFileSync(`examples/${file}`, "utf8"),
});

/** These read members of structures that the fixtures have only the names of; the lab has whole kernels. */
const CUT_OUT = ["tc.pwq"];

/** What the canned queries are for is tried in the lab (test/lab/cases/canned.ts). */
describe.each(files)("%s", (file) => {
  it("has a title, a text, tags, and says what each parameter is", () => {
    const { doc, tags, params } = documentation(source(file));
    const [title = "", ...text] = doc.split("\n");
    expect(title.length).toBeLessThanOrEqual(100);
    expect(title).not.toMatch(/\.$/);
    expect(text.join(" ").length).toBeGreaterThan(80);
    expect(tags.length).toBeGreaterThan(0);
    for (const { name, value, about } of params)
      expect([name, value !== undefined, about !== undefined]).toEqual([name, true, true]);
    for (const line of doc.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  test.each(["6.1", "6.12", "7.2"] as const)(
    "compiles for %s without a warning, and the types of its hooks are right",
    (kernel) => {
      const facts = fixtureFacts(kernel);
      if (CUT_OUT.includes(file)) return expect(check(source(file)).diagnostics).toEqual([]);
      const { program, diagnostics } = check(source(file), { facts });
      expect(diagnostics).toEqual([]);
      const compiler = findCompiler([resolve("package.json")])!;
      if (program!.hooks) expect(typeCheck(compiler, program!.hooks, program!)).toEqual([]);
      const { plan } = compile(program!, facts);
      expect(plan.points.length > 0 || plan.programPoints !== undefined).toBe(true);
    },
  );
});

test("all that an engineer would ask for first", () => {
  const names = files.map((file) => file.replace(/\.pwq$/, ""));
  expect(names).toEqual(
    expect.arrayContaining(
      `drops rpf mtu firewall conntrack nat route neigh bridge tc xdp socket tcp checksum tunnel mark netns latency dns icmp
     multicast ipv6 duplicate path`.split(/\s+/),
    ),
  );
});

test("docs/library.md lists them all with their titles", () => {
  const page = readFileSync("docs/library.md", "utf8");
  for (const file of files) {
    const { name } = source(file);
    expect(page).toContain(`| \`${name}\` | ${documentation(source(file)).doc.split("\n", 1)[0]} |`);
  }
});
