import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check as checkCodes } from "../../src/compiler/diagnostics/codes/check.ts";
import { files } from "../../src/compiler/diagnostics/codes/files.ts";
import { hooks } from "../../src/compiler/diagnostics/codes/hooks.ts";
import { plan } from "../../src/compiler/diagnostics/codes/plan.ts";
import { syntax } from "../../src/compiler/diagnostics/codes/syntax.ts";
import { CODES, type Page } from "../../src/compiler/diagnostics/codes.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import { compileAsTold } from "./golden.ts";
import { makeWorld } from "./world.ts";

const here = import.meta.dirname;
let world: string;
beforeAll(() => {
  world = makeWorld();
});
afterAll(() => rmSync(world, { recursive: true }));

/** `PWQ1102-unknown-field.pwq` and, as it is drawn, `PWQ1102-unknown-field.golden`; UPDATE=1 writes the latter. */
describe("drawn errors", () => {
  const programs = readdirSync(here).filter((name) => /^PWQ\d{4}.*\.pwq$/.test(name));
  it.each(programs)("%s", (name) => {
    const diagnostics = compileAsTold(name, readFileSync(join(here, name), "utf8"), world);
    const drawn = render(diagnostics, { color: false });
    const golden = join(here, name.replace(/\.pwq$/, ".golden"));
    if (process.env.UPDATE) writeFileSync(golden, drawn);
    expect(drawn).toBe(readFileSync(golden, "utf8"));
    expect(diagnostics.map(({ code }) => code)).toContain(name.slice(0, "PWQ1102".length));
  });
});

describe("every code", () => {
  const tests = readdirSync(join(here, ".."), { recursive: true, encoding: "utf8" });
  it.each(Object.keys(CODES))("%s has a test named after it", (code) => {
    expect(tests.some((path) => path.split("/").at(-1)!.startsWith(code))).toBe(true);
  });
});

/** What the help pages show must be so. Pages of the call and of the machine are not about programs. */
describe("examples in help pages", () => {
  const pages: [string, Page][] = Object.entries({
    ...syntax,
    ...checkCodes,
    ...plan,
    ...files,
    ...hooks,
  });
  // These two are wrong only where functions cannot be probed.
  const onTracepoints = ["PWQ1256", "PWQ1258"];
  const wrong = pages.filter(([code, page]) => page.wrong !== undefined && !onTracepoints.includes(code));
  it.each(wrong)("%s: the wrong one gets it", (code, page) => {
    const diagnostics = compileAsTold("help.pwq", page.wrong!, world);
    expect(diagnostics.map((d) => d.code)).toContain(code);
  });
  it.each(pages.filter(([, page]) => page.right !== undefined))("%s: the right one is right", (_, page) => {
    const diagnostics = compileAsTold("help.pwq", page.right!, world);
    expect(render(diagnostics, { color: false })).toBe("");
  });
});
