import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/compiler/diagnostics/diagnostic.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";

/** Draws an error over the part of the text between « and ». */
function draw(marked: string, rest: Partial<Diagnostic> = {}, color = false): string {
  const start = marked.indexOf("«");
  const text = marked.replace("«", "");
  const end = text.indexOf("»");
  const diagnostic: Diagnostic = {
    code: "PWQ1102",
    severity: "error",
    message: "unknown field `x`",
    at: { source: { name: "q.pwq", text: text.replace("»", "") }, span: { start, end } },
    label: "here",
    ...rest,
  };
  return render([diagnostic], { color });
}

const lines = (...all: string[]): string => `${all.join("\n")}\n`;

describe("render", () => {
  it("draws the place, the line and the label", () => {
    expect(draw("pwq 1\n\ntrace skb where «tcp.dstport» == 443 until drop")).toBe(
      lines(
        "error[PWQ1102]: unknown field `x`",
        "  --> q.pwq:3:17",
        "   |",
        " 3 | trace skb where tcp.dstport == 443 until drop",
        "   |                 ^^^^^^^^^^^ here",
      ),
    );
  });

  it("makes room for line numbers of several digits", () => {
    expect(draw(`${"\n".repeat(99)}«x»`)).toBe(
      lines(
        "error[PWQ1102]: unknown field `x`",
        "    --> q.pwq:100:1",
        "     |",
        " 100 | x",
        "     | ^ here",
      ),
    );
  });

  it("draws the first and the last of several lines", () => {
    expect(draw("a «b\n\n\n    c» d")).toBe(
      lines(
        "error[PWQ1102]: unknown field `x`",
        "  --> q.pwq:1:3",
        "   |",
        " 1 | a b",
        "   |   ^",
        "   …",
        " 4 |     c d",
        "   |     ^ here",
      ),
    );
  });

  it("opens tabs out and counts characters for the column", () => {
    expect(draw("\tü\t«x»")).toBe(
      lines(
        "error[PWQ1102]: unknown field `x`",
        "  --> q.pwq:1:4",
        "   |",
        " 1 |     ü   x",
        "   |         ^ here",
      ),
    );
  });

  it("puts the caret under wide and combining characters", () => {
    expect(draw('"日本" e\u0301 «x» 🚀')).toContain(
      lines(' 1 | "日本" e\u0301 x 🚀', "   |          ^ here").trimEnd(),
    );
    expect(draw('«"日本"»')).toContain("   | ^^^^^^ here");
  });

  it("writes out control characters and direction marks", () => {
    expect(draw("\x1b[31m\u202e«x»")).toContain(
      lines(" 1 | \\x1b[31m\\u{202e}x", "   |                 ^ here").trimEnd(),
    );
  });

  it("cuts a long line around the caret", () => {
    const [, , , text, carets] = draw(`${"a".repeat(500)}«bb»${"c".repeat(500)}`).split("\n");
    expect(text).toBe(` 1 | …${"a".repeat(30)}bb${"c".repeat(68)}…`);
    expect(carets).toBe(`   | ${" ".repeat(31)}^^ here`);
  });

  it("keeps the beginning of a long line when the caret is near it", () => {
    const [, , , text, carets] = draw(`a «b» ${"c".repeat(500)}`).split("\n");
    expect(text).toBe(` 1 | a b ${"c".repeat(96)}…`);
    expect(carets).toBe("   |   ^ here");
  });

  it("ends the carets where a long line is cut", () => {
    const [, , , , carets] = draw(`«${"x".repeat(500)}»`).split("\n");
    expect(carets).toBe(`   | ${"^".repeat(101)} here`);
  });

  it("points behind the last word at the end of input", () => {
    expect(draw("trace skb where\n\n«»")).toBe(
      lines(
        "error[PWQ1102]: unknown field `x`",
        "  --> q.pwq:1:16",
        "   |",
        " 1 | trace skb where",
        "   |                ^ here",
      ),
    );
  });

  it("has a place in an empty file", () => {
    expect(draw("«»")).toBe(
      lines("error[PWQ1102]: unknown field `x`", "  --> q.pwq:1:1", "   |", " 1 |", "   | ^ here"),
    );
  });

  it("takes no notice of carriage returns", () => {
    expect(draw("a\r\n«b»\r\n")).toContain(lines(" 2 | b", "   | ^ here").trimEnd());
  });

  it("draws warnings alike, without a place too, and with help", () => {
    const {
      at: _,
      label: __,
      ...bare
    } = {
      at: undefined,
      label: undefined,
      code: "PWQ1161",
      severity: "warning",
      message: "m",
      help: ["one", "two"],
    } as const;
    expect(render([bare, bare], { color: false })).toBe(
      lines("warning[PWQ1161]: m", "   = one", "   = two", "", "warning[PWQ1161]: m", "   = one", "   = two"),
    );
  });

  it("is nothing for nothing", () => {
    expect(render([], { color: true })).toBe("");
  });

  it("colours only if asked to", () => {
    expect(draw("«x»", {}, true)).toContain("\x1b[31m");
    expect(draw("«x»", {}, false)).not.toContain("\x1b");
  });

  it("colours nothing but what the plain drawing says", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(draw("a «x»", {}, true).replace(/\x1b\[\d+m/g, "")).toBe(draw("a «x»"));
  });
});
