import { describe, expect, it } from "vitest";
import { isComplete, parse } from "../../grammar/index.ts";

describe("a problem in one statement", () => {
  it("hides no problem in another", () => {
    const { program, problems } = parse(
      [
        "def ok = 1",
        "trace skb wher tcp",
        "def a = (1",
        "param b: port = 10.0.0.300",
        "trace skb where ok",
        "trcae drop",
        "use common",
        '@tags "x"',
        "on drop (e) { }",
      ].join("\n"),
    );
    expect(problems.map(({ code }) => code)).toEqual([
      "PWQ1001",
      "PWQ1012",
      "PWQ1006",
      "PWQ1015",
      "PWQ1001",
      "PWQ1001",
    ]);
    expect(program.statements.map(({ kind }) => kind)).toEqual(["Def", "Trace", "Hook"]);
  });

  it("is reported once, the first one", () => {
    expect(parse("trace skb where a = b = c until ( show").problems).toHaveLength(1);
    expect(parse("trace skb where 10.0.0.300 == 0x wher").problems.map(({ code }) => code)).toEqual([
      "PWQ1006",
    ]);
    expect(parse("trace skb wher x == 0x").problems.map(({ code }) => code)).toEqual(["PWQ1001"]);
  });

  it("leaves the statement before it alone, if it starts a line", () => {
    const { program, problems } = parse("def a = tcp\nfoo bar\ndef b = a");
    expect(problems.map(({ code }) => code)).toEqual(["PWQ1015"]);
    expect(program.statements.map(({ kind }) => kind)).toEqual(["Def", "Def"]);
  });
});

describe("the place of a problem at the end", () => {
  it.each([
    ["trace skb where", 15],
    ["trace skb where   \n\n# remark\n", 15],
    ["trace skb where\ndef x = 1", 15],
    ["trace", 5],
    ["trace skb until drop,", 21],
  ])("%j is behind the last token", (text, end) => {
    expect(parse(text).problems[0]?.span).toEqual({ start: end, end });
  });
});

describe("a REPL entry", () => {
  it.each([
    "trace skb where",
    "trace skb where tcp and",
    "trace skb where (tcp",
    "trace skb where tcp.dport in {80,",
    "trace skb show mark,",
    "def x =",
    "on drop (e) {",
    "on drop (e) {\n  if (x) {\n  }",
    "on drop (e)",
    "## what it is for",
    "def x = 1\n## more",
    "trace",
  ])("%j wants another line", (text) => {
    expect(isComplete(text)).toBe(false);
  });
  it.each([
    "",
    "   ",
    "# remark",
    "trace skb",
    "trace skb where tcp",
    "on drop (e) { }",
    "## doc\ntrace skb",
    "trace skb wher tcp",
    "trace skb where (tcp]",
    'trace skb where comm == "x',
    "trace skb where 0x",
    "foo",
  ])("%j does not", (text) => {
    expect(isComplete(text)).toBe(true);
  });
});
