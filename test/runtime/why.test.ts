import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { TUPLE } from "../../src/compiler/layout.ts";
import { int } from "../../src/compiler/types.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { causeEvents } from "../../src/runtime/decode/why.ts";
import { causePresenter } from "../../src/runtime/output/causes.ts";
import { Sink } from "../../src/runtime/output/sink.ts";
import { fakeKernel, runFake } from "./fakes.ts";
import { batchOf, chars, context, le, query, record } from "./records.ts";

const u32 = int(32);
const q = query(
  [
    { key: "tuple", encoding: "tuple", size: TUPLE.size, optional: true },
    { key: "iface", encoding: "chars", size: 16, optional: true },
    { key: "netns", encoding: "uint", size: 4, optional: true },
    { key: "why.stack", encoding: "stack", size: 24, optional: true, type: { kind: "stack", frames: 2 } },
    { key: "why.conf.rp_filter", encoding: "uint", size: 4, optional: true, type: u32 },
  ],
  ["netns", "why"],
);

const DROP = { point: 2, location: 0xffffffffc0000086n, reason: 8 } as const;
const values = { iface: chars("eth0"), netns: le(4026532000, 4) };
const events = batchOf(
  record(q, { time: 1_000n, packet: 1n, point: 0 }, values),
  record(q, { time: 2_000n, packet: 1n, ...DROP, flags: ["last"] }, values),
  record(q, { time: 3_000n, packet: 2n, ...DROP, flags: ["last"] }, values),
  record(q, { time: 4_000n, packet: 3n, ...DROP, reason: 2, location: 0x1n, flags: ["last"] }),
);

const run = (format: "json" | { readonly color: false }) => {
  const kernel = fakeKernel();
  return runFake(
    kernel,
    [q],
    async (end) => {
      await kernel.send(events);
      end("signal");
    },
    { format },
  );
};

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const validate = ajv.compile(JSON.parse(readFileSync("schema/events.schema.json", "utf8")));
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("show why", () => {
  test("in a table: below the row of the drop, and nowhere else", async () => {
    const { text } = await run({ color: false });
    expect(text.replace(/\d\d:\d\d:(\d\d\.\d{6})/g, "hh:mm:$1")).toMatchSnapshot();
  });

  test("in JSON: the sentence, the cause and the evidence, as the schema says", async () => {
    const lines = linesOf((await run("json")).text);
    for (const line of lines) expect([line, validate(line)]).toEqual([line, true]);
    const [, first, drop] = lines;
    expect(first!.why).toBeNull();
    expect(drop!.why).toMatchInlineSnapshot(`
      {
        "check": "\`nft list ruleset\` in that namespace; \`nft monitor trace\` shows the rule that a packet meets.",
        "evidence": {
          "iface": "eth0",
          "netns": 4026532000,
        },
        "text": "dropped in nft_do_chain: NETFILTER_DROP — the firewall refused the packet on eth0 (netns client); no connection that is known. \`nft list ruleset\` in that namespace; \`nft monitor trace\` shows the rule that a packet meets.",
      }
    `);
  });
});

describe("pwq why", () => {
  const shown = async (json: boolean): Promise<string> => {
    const path = join(mkdtempSync(join(tmpdir(), "pwq-test-")), "out");
    const sink = new Sink(openSync(path, "w"), () => {});
    const batch = new Batch();
    const presenter = causePresenter(sink, causeEvents(q, batch, context()), {
      json,
      color: false,
      live: false,
    });
    batch.use(events);
    presenter.start({ version: "0", query: "trace drop", kernel: "6.12", backend: "tracepoint", probes: 1 });
    for (const at of [1, 2, 3]) presenter.event(0, at * q.record.size);
    presenter.end({
      events: 3,
      packets: 3,
      discarded: 0,
      cut: 0,
      lost: 0,
      thinned: 0,
      seconds: 1,
      reason: "signal",
    });
    await sink.flush();
    return readFileSync(path, "utf8");
  };

  test("tells each cause once, and all of them with their counts at the end", async () => {
    expect(await shown(false)).toMatchSnapshot();
  });

  test("in JSON: a line when a cause is first seen, and its count at the end", async () => {
    const lines = linesOf(await shown(true));
    for (const line of lines) expect([line, validate(line)]).toEqual([line, true]);
    expect(lines.map(({ type, count, final }) => [type, count, final])).toEqual([
      ["start", undefined, undefined],
      ["cause", 1, undefined],
      ["cause", 1, undefined],
      ["cause", 2, true],
      ["cause", 1, true],
      ["end", undefined, undefined],
    ]);
  });
});
