// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are lines at the prompt
import { describe, expect, test } from "vitest";
import { languageCompletions } from "../../src/repl/complete.ts";
import { typescriptNames } from "../../src/repl/complete-typescript.ts";
import { type LastRun, lastRun } from "../../src/repl/last-run.ts";
import { Repl } from "../../src/repl/repl.ts";
import { clock } from "../../src/runtime/clock.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { head } from "../../src/runtime/decode/head.ts";
import { recorded } from "./recorded.ts";

/** Lines typed one after the other, with the trace of the demo as the last one; what each printed. */
async function typed(lines: readonly string[], last: LastRun = recorded()): Promise<readonly string[]> {
  let got = "";
  const repl = new Repl(
    {
      print(text) {
        got += text;
      },
      screen: () => ({ columns: 80, rows: 24 }),
    },
    { options: { color: "never" }, params: new Map() },
  );
  repl.last = last;
  const all: string[] = [];
  for (const line of lines) {
    got = "";
    repl.enter(line);
    await repl.settled;
    all.push(got);
  }
  return all;
}

/** What the last of these lines printed. */
const answer = async (...lines: readonly string[]): Promise<string> =>
  (await typed(["events.length", ...lines])).at(-1)!;

describe("questions about the last trace", () => {
  test("how many packets were dropped, and of how many events that is told", async () => {
    expect(await typed(['packets.filter((p) => p.outcome === "drop").length'])).toEqual([
      "pwq: `events` has all 89 events of the last trace\n2\n",
    ]);
  });

  test("events and packets have what was shown, and why it was dropped", async () => {
    expect(
      await answer("events.filter((e) => e.drop).map((e) => `${e.netns} ${e.func} ${e.drop.reason}`)"),
    ).toBe('0: "server nft_do_chain NETFILTER_DROP"\n1: "server nft_do_chain NETFILTER_DROP"\n');
    expect(await answer("packets[0].events.length === packets[0].path.length && packets[0].path[0]")).toBe(
      '"tcp_v4_send_check"\n',
    );
  });

  test("of a long trace the last are kept, and it is said how many were cut", async () => {
    const [first, second] = await typed(["events.length", "events.length"], long(60_000));
    expect(first).toBe(
      "pwq: `events` has the last 50000 events, 10000 older ones were cut of the last trace\n50000\n",
    );
    expect(second).toBe("50000\n");
  });
});

/** The demo's first event, many times over. */
function long(count: number): LastRun {
  const demo = recorded();
  const run = lastRun("", demo.queries, { ...demo.context, clock: clock(0n, 0n) });
  const batch = new Batch();
  const { size } = head(batch);
  let first: Uint8Array | undefined;
  demo.store.each(batch, (at) => {
    first ??= batch.u8.slice(at, at + size(at));
  });
  for (let i = 0; i < count; i++) run.store.add(first!);
  return run;
}

describe("values are shown by their type", () => {
  test.each([
    [
      "rows as a table",
      "packets.map((p) => ({ n: p.packet, how: p.outcome, at: p.netns }))",
      "N  HOW      AT\n1  drop     server\n2  unknown  server\n3  drop     server\n",
    ],
    ["groups of rows as columns", "[{ a: { b: 1 } }, { a: { c: 'x' } }]", "A.B  A.C\n  1  -\n  -  x\n"],
    ["more rows than fit", "Array.from({ length: 60 }, (_, i) => ({ i }))", /^49\n… 10 more of 60 rows\n$/m],
    [
      "objects as a tree",
      "{ a: 1, b: { c: [1, { d: 'x' }] } }",
      'a: 1\nb:\n  c:\n    0: 1\n    1:\n      d: "x"\n',
    ],
    ["maps", "new Map([['x', { a: 2 }]])", 'Map(1)\n  "x" =>\n    a: 2\n'],
    ["circles", "const c = { n: 1 }; c.c = c; c", "n: 1\nc: (again)\n"],
    [
      "buffers as hex",
      "new Uint8Array([72, 105, 0, 255])",
      "00000000  48 69 00 ff                                      Hi..\n",
    ],
    ["texts", "'a\\n\\u001b[2J'", '"a\\n\\u001b[2J"\n'],
    ["short lists", "[1, 'a', null]", '[1, "a", null]\n'],
    ["numbers", "-0", "-0\n"],
    ["bigints", "2n ** 64n", "18446744073709551616n\n"],
    ["functions", "Math.max", "function max\n"],
    ["nothing", "undefined", ""],
    ["declarations", "const a: number = 5", ""],
  ])("%s", async (_, line, shown) => {
    const got = await answer(line);
    if (typeof shown === "string") expect(got).toBe(shown);
    else expect(got).toMatch(shown);
  });

  test("what is printed comes before the value", async () => {
    expect(await answer("print('hi', 1); emit({ a: 1 }); 7")).toBe("hi 1\nA\n1\n7\n");
  });
});

describe("what stays", () => {
  test("declarations and `state`; a line can be corrected", async () => {
    expect(await answer("const port = 53", "const port = 54", "let { a } = { a: 2 }", "port + a")).toBe(
      "56\n",
    );
    expect(await answer("state.seen = 1", "state")).toBe("seen: 1\n");
  });

  test("a line that is no end of an entry is no line", async () => {
    const lines = await typed(["const f = (x) => {\n  return x + 1;\n}", "f(1)"]);
    expect(lines).toEqual(["", "2\n"]);
  });
});

describe("what is wrong is shown at its place in the line", () => {
  test.each([
    ["a name that does not exist", "pakets.length", "PWQ5009", 1, "did you mean `packets`?"],
    ["a field that no event has", "packets.map((p) => p.outcom)", "PWQ5009", 21, "did you mean `outcome`?"],
    ["what is thrown", "1; throw new Error('no')", "PWQ5009", 19, "Error: no"],
    ["no TypeScript", "1 +* 2", "PWQ1601", 4, "expression expected"],
    ["what would have to be translated", "enum A { B }", "PWQ1601", 1, "enum"],
    ["a misspelt statement", "trac skb where tcp", "PWQ1015", 1, "did you mean `trace`?"],
    ["a line that does not end", "for (;;);", "PWQ5010", 1, "takes too long"],
    ["a flood", "for (;;) print('x'.repeat(1000))", "PWQ5010", 15, "too much is printed"],
    ["the host", "process.exit(1)", "PWQ5009", 1, "'process' is not defined"],
  ])("%s", async (_, line, code, column, says) => {
    const got = await answer(line);
    expect(got).toContain(`error[${code}]`);
    expect(got).toContain(`--> <prompt>:1:${column}\n`);
    expect(got).toContain(says);
  });

  test("in a function of an earlier line", async () => {
    const got = await answer("const f = () => {\n  throw new RangeError('no');\n}", "f()");
    expect(got).toContain("--> <prompt>:2:");
    expect(got).toMatch(/= at f \(<prompt>:2:\d+\)\n +=? ?at <prompt>:1:\d+/);
  });
});

describe("a sandbox that is used up", () => {
  test("gives its memory back, and the next line begins anew with the same events", async () => {
    const bomb = "const all = []; for (;;) all.push(new ArrayBuffer(1 << 20))";
    const [, died, gone, again] = await typed(["const a = 1", bomb, "a", "packets.length"]);
    expect(died).toMatch(/PWQ5010.*needs too much memory[\s\S]*the sandbox was given up/);
    expect(gone).toContain("'a' is not defined");
    expect(again).toMatch(/89 events of the last trace\n3\n$/);
  });
});

describe("Tab", () => {
  const offered = (text: string) => {
    const [names, prefix] = typescriptNames(text, { declared: ["mine"], last: recorded() });
    return names.filter((name) => name.startsWith(prefix));
  };
  test.each([
    ["pack", ["packets"]],
    ["mi", ["mine"]],
    ["packets.fil", ["filter"]],
    ["packets[0].outc", ["outcome"]],
    ["packets.filter((p) => p.drop.", ["reason"]],
    ["events.map((e) => e.net", ["netns"]],
  ])("%s", (text, names) => {
    for (const name of names) expect(offered(text)).toContain(name);
  });
  test("a word may still become a statement", () => {
    expect(
      languageCompletions("tr", { definitions: [], parameters: [], facts: () => undefined })[0],
    ).toContain("trace");
  });
});
