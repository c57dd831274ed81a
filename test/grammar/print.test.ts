import { describe, expect, it } from "vitest";
import { parse, parseExpression, printExpression, printProgram } from "../../grammar/index.ts";
import { Trees } from "./random.ts";
import { strip } from "./strip.ts";

describe("printing and parsing again", { timeout: 60_000 }, () => {
  it("gives every expression back", () => {
    for (let seed = 0; seed < 2000; seed++) {
      const tree = new Trees(seed).expr(5);
      const text = printExpression(tree);
      const { expression, problems } = parseExpression(text);
      expect(problems, text).toEqual([]);
      expect(strip(expression), text).toEqual(strip(tree));
    }
  });

  it("gives every program back", () => {
    for (let seed = 0; seed < 500; seed++) {
      const tree = new Trees(seed).program();
      const text = printProgram(tree, "");
      const { program, problems } = parse(text);
      expect(problems, text).toEqual([]);
      expect(strip(program), text).toEqual(strip(tree));
    }
  });
});

describe("the canonical text", () => {
  it.each([
    [
      "trace skb where tcp.dport==443 until drop show mark,netns",
      "trace skb where tcp.dport == 443 until drop show mark, netns",
    ],
    ["trace drop where a||b&&!c", "trace drop where a or b and not c"],
    ["trace skb where (a or b) and ((c))", "trace skb where (a or b) and c"],
    ["trace skb where a - (b - c) == (a - b) - c", "trace skb where a - (b - c) == a - b - c"],
    ["trace skb where not (a == b)", "trace skb where not a == b"],
    ["trace skb where a in {80,443,8000..8099,}", "trace skb where a in {80, 443, 8000..8099}"],
    ["trace skb where ip.src in fe80:0:0::/10", "trace skb where ip.src in fe80::/10"],
    ["trace skb for 1000ms limit 0x10 packets", "trace skb for 1s limit 16 packets"],
    ["trace skb where len > 65536B", "trace skb where len > 64KiB"],
    [
      "trace skb at ip_*,!skb_*,  module nf_*,tracepoint net:*",
      "trace skb at ip_*, !skb_*, module nf_*, tracepoint net:*",
    ],
    ['trace skb until fn("ip_*"),drop', "trace skb until fn(ip_*), drop"],
    ['param p:port=443"x"', 'param p: port = 443 "x"'],
    ["on tick( 1s )( e ){ print(1) }", "on tick(1s) (e) { print(1) }"],
    ["## Title\n##\n##  body\ntrace drop", "## Title\n##\n##  body\ntrace drop"],
  ])("of %s", (text, expected) => {
    const { program, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(printProgram(program, text)).toBe(`${expected}\n`);
  });

  it("puts the clauses of a long query on lines of their own", () => {
    const text = `trace skb where ${"ip.src == 10.0.0.1 and ".repeat(5)}tcp until drop`;
    expect(printProgram(parse(text).program, text)).toMatch(/^trace skb\n {2}where .*\n {2}until drop\n$/);
  });
});
