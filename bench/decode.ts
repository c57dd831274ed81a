/**
 * How fast records become lines: the default columns, decoded and written to /dev/null.
 * `npx esbuild bench/decode.ts --bundle --platform=node --format=esm --log-level=error | node --input-type=module -`
 */
import { openSync } from "node:fs";
import { TUPLE } from "../src/compiler/layout.ts";
import { Batch } from "../src/runtime/decode/batch.ts";
import { columnsOf } from "../src/runtime/decode/columns.ts";
import { intake } from "../src/runtime/intake.ts";
import { jsonPresenter } from "../src/runtime/output/json.ts";
import { Sink } from "../src/runtime/output/sink.ts";
import { tablePresenter } from "../src/runtime/output/table.ts";
import { batchOf, chars, context, le, query, record } from "../test/runtime/records.ts";

const SLOTS = [
  { key: "pid", encoding: "uint", size: 4 },
  { key: "comm", encoding: "chars", size: 16 },
  { key: "netns", encoding: "uint", size: 4, optional: true },
  { key: "mark", encoding: "uint", size: 4 },
  { key: "iface", encoding: "chars", size: 16, optional: true },
  { key: "protocol", encoding: "uint", size: 2 },
  { key: "mtu", encoding: "uint", size: 4, optional: true },
  { key: "len", encoding: "uint", size: 4 },
  { key: "tuple", encoding: "tuple", size: TUPLE.size, optional: true },
] as const;
const SHOWN = [
  "packet",
  "cpu",
  "process",
  "netns",
  "mark",
  "iface",
  "protocol",
  "mtu",
  "len",
  "tuple",
  "func",
];
const BATCH_RECORDS = 2000;
const BATCHES = 500;

const made = query(SLOTS, SHOWN, { explicitShow: false });

/** A thousand flows of a hundred processes, eight events to a packet. */
function records(from: number): Uint8Array {
  return batchOf(
    ...Array.from({ length: BATCH_RECORDS }, (_, i) => {
      const event = from + i;
      const flow = (event >> 3) % 1000;
      const tuple = new Uint8Array(TUPLE.size);
      tuple.set([4, 6, 3, 0, flow & 0xff, 0x80 | (flow >> 8), 0xbb, 1]);
      tuple.set([10, 0, flow >> 8, flow & 0xff], TUPLE.offsets.src!);
      tuple.set([10, 1, 0, 1], TUPLE.offsets.dst!);
      return record(
        made,
        { time: BigInt(event) * 1000n, packet: BigInt((event >> 3) + 1), point: event & 1, cpu: event & 3 },
        {
          pid: le(1000 + (flow % 100), 4),
          comm: chars(`worker/${flow % 100}`),
          netns: le(4026532000, 4),
          mark: le(flow & 3, 4),
          iface: chars("eth0"),
          protocol: le(0x800, 2),
          mtu: le(1500, 4),
          len: le(60 + (event & 7), 4),
          tuple,
        },
      );
    }),
  );
}

async function measure(
  name: string,
  make: (sink: Sink, batch: Batch) => Parameters<typeof intake>[2],
): Promise<void> {
  const batch = new Batch();
  const sink = new Sink(openSync("/dev/null", "w"), () => {});
  const taking = intake([made], batch, make(sink, batch), {}, () => {});
  const batches = Array.from({ length: 10 }, (_, i) => records(i * BATCH_RECORDS));
  const from = performance.now();
  for (let i = 0; i < BATCHES; i++) {
    taking.take(batches[i % batches.length]!);
    await sink.drained();
    if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.flush();
  const seconds = (performance.now() - from) / 1000;
  console.log(
    `${name}: ${Math.round(taking.received / seconds / 1000)} k lines/s (${sink.eventsWritten} lines)`,
  );
}

for (let round = 0; round < 3; round++) {
  await measure("table", (sink, batch) =>
    tablePresenter(sink, [columnsOf(made, batch, context())], batch, context(), { color: false }),
  );
  await measure("json ", (sink, batch) =>
    jsonPresenter(sink, [columnsOf(made, batch, context())], batch, context()),
  );
}
