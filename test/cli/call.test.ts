import { describe, expect, test } from "vitest";
import { parseCall } from "../../src/cli/call.ts";
import { quote, sudoLine } from "../../src/cli/quote.ts";
import { duration, size } from "../../src/cli/values.ts";

/** Command, options, words and what follows `--`. */
function parsed(...argv: string[]) {
  const call = parseCall(argv);
  return call && [call.command.name, call.options, call.words, ...(call.tail ? [call.tail] : [])];
}

describe("a call", () => {
  test("of nothing", () => expect(parsed()).toBeUndefined());

  test("a query alone is `run -e`", () => {
    expect(parsed("trace drop")).toEqual(["run", { e: "trace drop" }, []]);
    expect(parsed("  trace drop")).toEqual(["run", { e: "  trace drop" }, []]);
    expect(parsed("# mine\ntrace drop")).toEqual(["run", { e: "# mine\ntrace drop" }, []]);
    expect(parsed("--json", "trace drop", "--limit", "3")).toEqual([
      "run",
      { json: true, e: "trace drop", limit: 3 },
      [],
    ]);
    expect(parsed("-e", "trace drop")).toEqual(["run", { e: "trace drop" }, []]);
  });

  test("options with their values, in each spelling", () => {
    expect(parsed("run", "-o", "f", "x.pwq")).toEqual(["run", { output: "f" }, ["x.pwq"]]);
    expect(parsed("run", "--output=f", "x.pwq", "-q")).toEqual([
      "run",
      { output: "f", quiet: true },
      ["x.pwq"],
    ]);
    expect(parsed("run", "x.pwq", "--output", "-")).toEqual(["run", { output: "-" }, ["x.pwq"]]);
    expect(parsed("run", "x.pwq", "--limit", "3", "--limit", "3")).toEqual(["run", { limit: 3 }, ["x.pwq"]]);
  });

  test("parameters are words", () => {
    expect(parsed("run", "x.pwq", "port=443", "name=a b")).toEqual([
      "run",
      {},
      ["x.pwq", "port=443", "name=a b"],
    ]);
  });

  test("what follows -- is left alone", () => {
    expect(parsed("trace drop", "--", "ls", "--json", "--", "x")).toEqual([
      "run",
      { e: "trace drop" },
      [],
      ["ls", "--json", "--", "x"],
    ]);
  });

  test("help goes with everything", () => {
    expect(parsed("--help")).toEqual(["help", { help: true }, []]);
    expect(parsed("check", "--json", "-h")).toEqual(["check", { json: true, help: true }, []]);
  });
});

describe("values", () => {
  test.each([
    ["10s", 10_000_000_000n],
    ["250ms", 250_000_000n],
    ["1.5s", 1_500_000_000n],
    ["2min", 120_000_000_000n],
    ["1h", 3_600_000_000_000n],
    ["0s", undefined],
    ["10", undefined],
    ["s", undefined],
    ["-1s", undefined],
    ["99999999999h", undefined],
  ])("duration %s", (text, value) => expect(duration.parse(text)).toBe(value));

  test.each([
    ["4096", 4096],
    ["512KiB", 524_288],
    ["16MiB", 16_777_216],
    ["16m", 16_777_216],
    ["2GiB", 2 ** 31],
    ["3GiB", undefined],
    ["0", undefined],
    ["1.5MiB", undefined],
  ])("size %s", (text, value) => expect(size.parse(text)).toBe(value));
});

describe("the line for sudo", () => {
  test("words are quoted where a shell would change them", () => {
    expect(["a", "a b", "it's", "$x", "*", "", "name=1"].map(quote)).toEqual([
      "a",
      "'a b'",
      `'it'\\''s'`,
      "'$x'",
      "'*'",
      "''",
      "name=1",
    ]);
  });
  test("the program as it was called", () => {
    const line = (called: string): string => sudoLine(["trace drop"], called, "/x/dist/cli.js");
    expect(line("pwq")).toBe(`sudo env "PATH=$PATH" pwq 'trace drop'`);
    expect(line("./dist/pwq")).toBe(`sudo env "PATH=$PATH" ./dist/pwq 'trace drop'`);
    expect(line("node")).toBe(`sudo env "PATH=$PATH" node /x/dist/cli.js 'trace drop'`);
  });
});
