import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { Aggregation } from "../../../src/compiler/typed.ts";
import { duration, int, u64 } from "../../../src/compiler/types.ts";
import { MOST_GROUPS } from "../../../src/runtime/aggregates/groups.ts";
import { Batch } from "../../../src/runtime/decode/batch.ts";
import { columnsOf } from "../../../src/runtime/decode/columns.ts";
import { aggregating } from "../../../src/runtime/output/aggregates.ts";
import { jsonPresenter } from "../../../src/runtime/output/json.ts";
import type { EndInfo } from "../../../src/runtime/output/presenter.ts";
import { Sink } from "../../../src/runtime/output/sink.ts";
import { batchOf, chars, context, le, query, record } from "../records.ts";

const SLOTS = [
  { key: "iface", encoding: "chars", size: 16, optional: true },
  { key: "delta", encoding: "uint", size: 8, optional: true },
] as const;

const AGGREGATION: Aggregation = {
  keys: 1,
  items: [
    { name: "count()", fn: "count", type: u64 },
    { name: "max(delta)", fn: "max", type: duration, column: 1 },
    { name: "avg(delta)", fn: "avg", type: int(64), column: 1 },
    { name: "hist(delta)", fn: "hist", type: duration, column: 1 },
  ],
};

const END: EndInfo = {
  events: 0,
  packets: 0,
  discarded: 0,
  cut: 0,
  lost: 0,
  thinned: 0,
  seconds: 1,
  reason: "signal",
};

/** [interface, delta]; undefined: the packet does not have it. */
type Event = readonly [iface: string | undefined, delta: number | undefined];

async function printed(events: readonly Event[], aggregation: Aggregation, json: boolean) {
  const q = query(SLOTS, ["iface", "delta"], { aggregation });
  const path = join(mkdtempSync(join(tmpdir(), "pwq-test-")), "out");
  const sink = new Sink(openSync(path, "w"), () => {});
  const batch = new Batch();
  const columns = [columnsOf(q, batch, context())];
  const inner = jsonPresenter(sink, columns, batch, context());
  const { presenter, events: aggregated } = aggregating(inner, sink, [q], columns, json);
  const bytes = batchOf(
    ...events.map(([iface, delta]) =>
      record(
        q,
        {},
        {
          ...(iface !== undefined && { iface: chars(iface) }),
          ...(delta !== undefined && { delta: le(delta, 8) }),
        },
      ),
    ),
  );
  batch.use(bytes);
  for (let at = 0; at < bytes.length; at += q.record.size) presenter.event(0, at);
  presenter.end(END);
  await sink.flush();
  expect(aggregated()).toBe(events.length);
  return readFileSync(path, "utf8");
}

const EVENTS: readonly Event[] = [
  ["eth0", 1000],
  ["lo", 5],
  ["eth0", 3000],
  ["eth0", undefined],
  [undefined, 7],
];

test("JSON: a line for each group, largest first, then how many there are", async () => {
  const text = await printed(EVENTS, AGGREGATION, true);
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.slice(0, -1)).toEqual([
    {
      type: "aggregate",
      iface: "eth0",
      "count()": 3,
      "max(delta)": 3000,
      "avg(delta)": 2000,
      "hist(delta)": [
        { from: 512, to: 1024, count: 1 },
        { from: 2048, to: 4096, count: 1 },
      ],
    },
    {
      type: "aggregate",
      iface: "lo",
      "count()": 1,
      "max(delta)": 5,
      "avg(delta)": 5,
      "hist(delta)": [{ from: 4, to: 8, count: 1 }],
    },
    {
      type: "aggregate",
      iface: null,
      "count()": 1,
      "max(delta)": 7,
      "avg(delta)": 7,
      "hist(delta)": [{ from: 4, to: 8, count: 1 }],
    },
    { type: "groups", shown: 3, all: 3 },
  ]);
  const schema = JSON.parse(
    readFileSync(new URL("../../../schema/events.schema.json", import.meta.url), "utf8"),
  );
  const valid = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  for (const line of lines) expect(valid(line), JSON.stringify([line, valid.errors])).toBe(true);
});

test("the table, its histograms below each group, and what `top` leaves out", async () => {
  const text = await printed(EVENTS, { ...AGGREGATION, top: 1 }, false);
  expect(text.slice(0, text.indexOf('{"type":"end"'))).toBe(
    [
      "IFACE  count()  max(delta)  avg(delta)  hist(delta)",
      "eth0         3     3.000us        2000            2",
      "  hist(delta)",
      "    [512ns, 1.024us)    1  ########################################",
      "    [2.048us, 4.096us)  1  ########################################",
      "… 2 more",
      "",
      "",
    ].join("\n"),
  );
});

test("without events there are no groups, but a total is zero", async () => {
  const items = AGGREGATION.items.slice(0, 1);
  expect(await printed([], { keys: 1, items }, true)).toContain('"shown":0,"all":0');
  expect(await printed([], { keys: 0, items }, true)).toContain('{"type":"aggregate","count()":0}');
});

test("groups beyond the most are counted as lost", async () => {
  const events = Array.from({ length: MOST_GROUPS + 2 }, (_, i): Event => [`v${i}`, undefined]);
  const items = AGGREGATION.items.slice(0, 1);
  const text = await printed(events, { keys: 1, items, top: 1 }, true);
  expect(text).toContain(`"shown":1,"all":${MOST_GROUPS}`);
  expect(text).toContain('{"type":"lost","cause":"groups_full","count":2}');
  expect(text).toContain('"lost":2');
});
