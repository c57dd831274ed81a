import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import { Hooks } from "../../src/hooks/run/hooks.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { type FakeKernel, type Format, fakeKernel, type Outcome, runFake } from "../runtime/fakes.ts";
import { batchOf, context, le, record } from "../runtime/records.ts";

/** A whole session with hooks over records that have these marks, as one batch each. */
async function session(
  text: string,
  batches: readonly (readonly number[])[],
  options: { readonly limit?: number; readonly format?: Format; readonly wait?: number } = {},
): Promise<Outcome> {
  const { limit, format = "json", wait = 0 } = options;
  const facts = fixtureFacts("6.12");
  const { program } = check({ name: "test.pwq", text }, { facts });
  const { queries } = compile(program!, facts);
  const batch = new Batch();
  const hooks = await Hooks.start(program!.hooks!, { queries, batch, context: context(), onFault: () => {} });
  const drive = async (kernel: FakeKernel, end: (reason: "signal") => void): Promise<void> => {
    let time = 0n;
    for (const marks of batches) {
      const records = marks.map((mark) => record(queries[0]!, { time: time++ }, { mark: le(mark, 4) }));
      await kernel.send(batchOf(...records));
    }
    setTimeout(() => end("signal"), wait);
  };
  const kernel = fakeKernel();
  return runFake(kernel, queries, (end) => drive(kernel, end), {
    batch,
    hooks,
    format,
    ...(limit !== undefined && { limit }),
  });
}

type Line = Record<string, unknown>;
const lines = ({ text }: Outcome): Line[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const brief = (line: Line): unknown =>
  line.type === "event" ? line.mark : (line.text ?? line.row ?? line.type);

const SHOW = "trace skb show mark\n";

describe("hooks in a session", () => {
  test("what they say stands behind its event; start comes first and stop last", async () => {
    const outcome = await session(
      `${SHOW}on start { print("begin") }
on event (e) { if (e.mark === 2) drop(); print(e.mark + 100) }
on stop (e) { emit({ events: e.events }); report("done", { severity: "warning", hint: "none" }) }`,
      [[1, 2], [3]],
    );
    expect(lines(outcome).map(brief)).toEqual([
      "start",
      "begin",
      1,
      "101",
      "102",
      3,
      "103",
      { events: 2 },
      "done",
      "end",
    ]);
    const validate = new Ajv2020().compile(JSON.parse(readFileSync("schema/events.schema.json", "utf8")));
    for (const line of lines(outcome)) expect([line, validate(line)]).toEqual([line, true]);
  });

  test("stop() ends the trace with its event", async () => {
    const outcome = await session(`${SHOW}on event (e) { if (e.mark === 2) stop() }`, [[1, 2, 3], [4]], {
      wait: 2000,
    });
    expect(lines(outcome).map(brief)).toEqual(["start", 1, 2, "end"]);
    expect(outcome.end.reason).toBe("stop");
  });

  test("--limit counts what is shown", async () => {
    const outcome = await session(
      `${SHOW}on event (e) { if (e.mark % 2) drop() }`,
      [
        [1, 2, 3, 4],
        [5, 6],
      ],
      { limit: 2, wait: 2000 },
    );
    expect(lines(outcome).map(brief)).toEqual(["start", 2, 4, "end"]);
    expect(outcome.end).toMatchObject({ reason: "limit", events: 2 });
  });

  test("ticks come while it runs", async () => {
    const outcome = await session(`${SHOW}on tick(20ms) (t) { print("tick") }`, [[1]], { wait: 500 });
    expect(lines(outcome).filter(({ text }) => text === "tick").length).toBeGreaterThanOrEqual(2);
  });

  test("in a table, rows have a header of their own", async () => {
    const outcome = await session(
      `${SHOW}on event (e) { print("a\\u001b[2Jb"); if (e.mark === 1) drop() }
on stop { emit({ name: "x", n: 1 }); emit({ name: "longer", n: 10 }); emit({ other: null }) }`,
      [[1, 2]],
      { format: { color: false, hooked: true } },
    );
    expect(outcome.text).toBe(
      [
        "a\\x1b[2Jb",
        "TIME             PACKET        MARK  FUNC",
        "03:04:05.000000       1         0x2  ip_rcv",
        "a\\x1b[2Jb",
        "NAME     N",
        "x        1",
        "longer  10",
        "OTHER",
        "-",
        "",
      ].join("\n"),
    );
  });
});
