import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, SYNTAX_CODES } from "../../grammar/index.ts";
import { draw } from "./draw.ts";

const programs = readFileSync(new URL("problems.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n---\n");

describe("what is said about a program that does not parse", () => {
  it("is as in the golden file", async () => {
    const drawn = programs.map((text) => draw(text, parse(text).problems)).join("\n\n");
    await expect(`${drawn}\n`).toMatchFileSnapshot("problems.golden");
  });

  it.each(programs)("%s: is one problem or more", (text) => {
    expect(parse(text).problems.length).toBeGreaterThan(0);
  });

  it("covers every code", () => {
    const seen = new Set(programs.flatMap((text) => parse(text).problems.map(({ code }) => code)));
    expect([...seen].sort()).toEqual(Object.keys(SYNTAX_CODES).sort());
  });

  it("has messages and labels of one line, without a full stop", () => {
    for (const text of programs)
      for (const { message, label = "" } of parse(text).problems) {
        expect(message).toMatch(/^[^\n]+[^.\n]$/);
        expect(label).toMatch(/^[^\n]*$/);
        expect(label).not.toMatch(/[^.]\.$/);
      }
  });
});
