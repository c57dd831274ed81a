import { describe, expect, it } from "vitest";
import { CODES } from "../../src/compiler/diagnostics/codes.ts";
import { helpPage, nearestPage, topics } from "../../src/compiler/diagnostics/pages.ts";

describe("help pages", () => {
  it("prints title, text and both programs", () => {
    expect(helpPage("PWQ1112")).toBe(
      [
        "PWQ1112: a set is not compared by `==`",
        "",
        "A network, a range or a set holds many values, and one value is in it or not:",
        "use `in` and `not in`.",
        "",
        "Wrong:",
        "    trace skb where ip.dst == 10.0.0.0/8",
        "",
        "Right:",
        "    trace skb where ip.dst in 10.0.0.0/8",
        "",
      ].join("\n"),
    );
  });

  it("finds codes in any case and without letters", () => {
    expect(helpPage("pwq1112")).toBe(helpPage("PWQ1112"));
    expect(helpPage("1112")).toBe(helpPage("PWQ1112"));
  });

  it("has every topic it lists", () => {
    for (const [name] of topics()) expect(helpPage(name), name).toContain("\n");
  });

  it("has no page for anything else, but an idea", () => {
    expect(helpPage("nonsense")).toBeUndefined();
    expect(helpPage("constructor")).toBeUndefined();
    expect(nearestPage("expresions")).toBe("did you mean `expressions`?");
  });
});

describe("codes", () => {
  const pages = Object.entries(CODES);
  it("are at least forty", () => {
    expect(pages.length).toBeGreaterThanOrEqual(40);
  });
  it.each(pages)("%s has a title in the common form and a text", (_, page) => {
    expect(page.title).toMatch(/[^.]$/);
    expect(page.text.length).toBeGreaterThan(page.title.length);
    expect(page.text).toMatch(/[.)]$/);
  });
});
