import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check as checkCodes } from "../../src/compiler/diagnostics/codes/check.ts";
import { files } from "../../src/compiler/diagnostics/codes/files.ts";
import { later } from "../../src/compiler/diagnostics/codes/later.ts";
import { syntax } from "../../src/compiler/diagnostics/codes/syntax.ts";
import { CODES, type Page } from "../../src/compiler/diagnostics/codes.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import { checkAsTold } from "./golden.ts";
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
    const { program, diagnostics } = checkAsTold(name, readFileSync(join(here, name), "utf8"), world);
    const drawn = render(diagnostics, { color: false });
    const golden = join(here, name.replace(/\.pwq$/, ".golden"));
    if (process.env.UPDATE) writeFileSync(golden, drawn);
    expect(drawn).toBe(readFileSync(golden, "utf8"));
    expect(diagnostics.map(({ code }) => code)).toContain(name.slice(0, "PWQ1102".length));
    expect(program === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  });
});

describe("every code", () => {
  const tests = readdirSync(join(here, ".."), { recursive: true, encoding: "utf8" });
  it.each(Object.keys(CODES))("%s has a test named after it", (code) => {
    expect(tests.some((path) => path.split("/").at(-1)!.startsWith(code))).toBe(true);
  });
});

/** What the help pages show must be so. Pages of the call, the machine and the planner are not about checking. */
describe("examples in help pages", () => {
  const pages: [string, Page][] = Object.entries({ ...syntax, ...checkCodes, ...files, ...later });
  it.each(pages.filter(([, page]) => page.wrong !== undefined))("%s: the wrong one gets it", (code, page) => {
    const { diagnostics } = checkAsTold("help.pwq", page.wrong!, world);
    expect(diagnostics.map((d) => d.code)).toContain(code);
  });
  it.each(pages.filter(([, page]) => page.right !== undefined))("%s: the right one is right", (_, page) => {
    const { diagnostics } = checkAsTold("help.pwq", page.right!, world);
    expect(render(diagnostics, { color: false })).toBe("");
  });
});
