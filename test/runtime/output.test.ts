import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { TUPLE } from "../../src/compiler/layout.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { Sink } from "../../src/runtime/output/sink.ts";
import { type Format, fakeKernel, presenterFor, runFake } from "./fakes.ts";
import { batchOf, chars, le, query, record } from "./records.ts";

const TUPLE_SLOT = { key: "tuple", encoding: "tuple", size: TUPLE.size, optional: true } as const;
const SLOTS = [
  { key: "comm", encoding: "chars", size: 16 },
  { key: "pid", encoding: "uint", size: 4 },
  { key: "netns", encoding: "uint", size: 4, optional: true },
  { key: "mark", encoding: "uint", size: 4 },
  { key: "iface", encoding: "chars", size: 16, optional: true },
  TUPLE_SLOT,
] as const;

function tuple(port: number): Uint8Array {
  const value = new Uint8Array(TUPLE.size);
  value.set([4, 6, 3, 0, port & 0xff, port >> 8, 0xbb, 1]);
  value.set([10, 0, 0, 1], TUPLE.offsets.src!);
  value.set([10, 0, 0, 2], TUPLE.offsets.dst!);
  return value;
}

const journey = (of: ReturnType<typeof query>): Uint8Array => {
  const values = {
    comm: chars("curl"),
    pid: le(4711, 4),
    netns: le(4026532000, 4),
    mark: le(0, 4),
    iface: chars("eth0"),
    tuple: tuple(40222),
  };
  const { iface: _, ...early } = values;
  return batchOf(
    record(of, { time: 1_000n, packet: 1n, point: 0, flags: ["first"] }, early),
    record(of, { time: 2_500n, packet: 1n, point: 3 }, { ...values, mark: le(0x2a, 4) }),
    record(
      of,
      { time: 9_000_000_000n, packet: 2n, point: 1 },
      { ...values, tuple: tuple(40223), comm: chars("a\x1b[31mb") },
    ),
    record(
      of,
      {
        time: 9_000_002_000n,
        packet: 1n,
        point: 2,
        location: 0xffffffffc0000086n,
        reason: 8,
        flags: ["last"],
      },
      values,
    ),
  );
};

const show = ["netns", "mark"] as const;
const all = ["packet", "cpu", "process", "netns", "mark", "iface", "tuple", "func"] as const;

async function output(format: Format, columns: readonly string[], explicitShow = true): Promise<string> {
  const q = query(SLOTS, columns, { explicitShow });
  const kernel = fakeKernel();
  const { text } = await runFake(
    kernel,
    [q],
    async (end) => {
      await kernel.send(journey(q));
      end("signal");
    },
    { format },
  );
  return text.replace(/"seconds":[\d.]+/, '"seconds":1.5');
}

/** Local time, so that the test means the same everywhere. */
const withoutClock = (text: string): string => text.replace(/\d\d:\d\d:(\d\d\.\d{6})/g, "hh:mm:$1");

describe("the table", () => {
  test("on a pipe: shown items between time, packet and function", async () => {
    expect(withoutClock(await output({ color: false }, show))).toMatchSnapshot();
  });
  test("on a pipe: pwru's columns", async () => {
    expect(await output({ color: false }, all, false)).toMatchSnapshot();
  });
  test("on a terminal of 100 columns addresses get lines of their own, and no line is longer", async () => {
    const text = await output({ color: false, screen: { columns: 100, rows: 40 } }, all, false);
    expect(text).toMatchSnapshot();
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
  test("on a wide terminal they do not", async () => {
    const text = await output({ color: false, screen: { columns: 160, rows: 40 } }, all, false);
    expect(text.split("\n")[0]).toContain("TUPLE");
  });
  test("the header comes again before it is out of sight", async () => {
    const text = await output({ color: false, screen: { columns: 200, rows: 4 } }, show);
    expect(text.split("\n").filter((line) => line.includes("FUNC"))).toHaveLength(2);
  });
  test("colour: the header, drops and ends, and nothing that came with the packet", async () => {
    const text = await output({ color: true }, [...show, "comm"]);
    expect(text).toContain("\x1b[1m");
    expect(text).toContain("\x1b[31m\x1b[1mnft_do_chain+0x86 dropped: NETFILTER_DROP");
    expect(text).toContain("a\\x1b[31mb");
  });
  test("nothing is coloured unless asked for", async () => {
    expect(await output({ color: false }, all, false)).not.toContain("\x1b");
  });
});

describe("JSON", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const schema = JSON.parse(readFileSync("schema/events.schema.json", "utf8"));
  const validate = ajv.compile(schema);
  const lines = (text: string): Record<string, unknown>[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("is what it was", async () => {
    expect(await output("json", show)).toMatchSnapshot();
  });
  test("is what the schema says", async () => {
    for (const columns of [show, all, ["drop.reason", "drop.location", "time", "tuple"]]) {
      for (const line of lines(await output("json", columns))) {
        expect(validate(line), `${JSON.stringify(line)}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
  });
  test("the schema refuses what is none of it", () => {
    for (const wrong of [
      {},
      { type: "event" },
      { type: "lost", cause: "x", count: 1 },
      { type: "end", events: -1 },
    ]) {
      expect(validate(wrong)).toBe(false);
    }
  });
  test("a further file begins with what it is about, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pwq-test-"));
    const open = (n: number): number => openSync(join(folder, String(n)), "w");
    let files = 1;
    const q = query(SLOTS, show, { explicitShow: true });
    for (const format of ["json", { color: false }] as const) {
      const sink = new Sink(open(1), () => {}, {
        maxBytes: 250,
        maxAgeMs: 1e9,
        next: async () => open(++files),
      });
      const batch = new Batch();
      const presenter = presenterFor(format, [q], sink, batch);
      presenter.start({ version: "0.0.0", query: "trace skb", kernel: "6.12", backend: "kprobe", probes: 1 });
      batch.use(journey(q));
      presenter.event(0, 0);
      presenter.event(0, q.record.size);
      presenter.event(0, 2 * q.record.size);
      await sink.flush();
      expect(files).toBeGreaterThan(1);
      const text = readFileSync(join(folder, "2"), "utf8");
      if (format === "json") {
        expect(lines(text)[0]).toMatchObject({ type: "start", query: "trace skb", file: 2 });
        for (const line of lines(text)) expect([line, validate(line)]).toEqual([line, true]);
      } else expect(text).toMatch(/^TIME +PACKET +NETNS +MARK +FUNC\n/);
      files = 1;
    }
  });
  test("no key comes twice", async () => {
    const text = await output("json", ["time", "packet", "func", "drop.reason", "mark"]);
    for (const line of text.trimEnd().split("\n")) {
      const keys = [...line.matchAll(/"([\w.]+)":/g)].map((match) => match[1]);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});
