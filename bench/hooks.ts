// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are hooks
/**
 * What hooks cost: records of a synthetic trace through the real decoder and a sandbox, counted (nothing is printed) or
 * printed to /dev/null as a table. By the processor's time, so that a busy machine does not count.
 * `npx esbuild bench/hooks.ts --bundle --platform=node --format=esm --outfile=build/bench-hooks.mjs --log-level=error && node build/bench-hooks.mjs`
 */
import { openSync } from "node:fs";
import { check } from "../src/compiler/check/check.ts";
import type { CompiledQuery } from "../src/compiler/compiled.ts";
import { Hooks } from "../src/hooks/run/hooks.ts";
import { Batch } from "../src/runtime/decode/batch.ts";
import { columnsOf } from "../src/runtime/decode/columns.ts";
import { intake } from "../src/runtime/intake.ts";
import type { Presenter } from "../src/runtime/output/presenter.ts";
import { Sink } from "../src/runtime/output/sink.ts";
import { tablePresenter } from "../src/runtime/output/table.ts";
import { batchOf, chars, context, le, query, record } from "../test/runtime/records.ts";

const SLOTS = [
  { key: "mark", encoding: "uint", size: 4, optional: true },
  { key: "len", encoding: "uint", size: 4, optional: true },
  { key: "tcp.dport", encoding: "uint", size: 2, optional: true },
  { key: "iface", encoding: "chars", size: 16, optional: true },
  { key: "ip.src", encoding: "ip", size: 24, optional: true },
] as const;

/** What the hooks do, from nothing to everything. */
const HOOKS: readonly (readonly [name: string, text: string])[] = [
  ["light", "on event (e) { if (e.mark === 7) state.n = (state.n ?? 0) + 1; }"],
  [
    "typical",
    "on event (e) { if (e.tcp.dport !== 443) return; state.by ??= {}; state.by[e.func] = (state.by[e.func] ?? 0) + 1; }",
  ],
  [
    "texts",
    "on event (e) { state.by ??= {}; const k = `${e.ip.src} ${e.iface}`; state.by[k] = (state.by[k] ?? 0) + 1; }",
  ],
  ["kept", "on event (e) { state.last = e; }"],
  ["drop()", "on event (e) { if (e.mark !== 7) drop(); }"],
  ["print()", "on event (e) { drop(); print(e.func); }"],
];

const RECORDS = 3000;
const BATCHES = Number(process.argv[2] ?? 200);

async function measure(name: string, text: string, printed: boolean): Promise<void> {
  const { program, diagnostics } = check({ name: "bench.pwq", text: `trace skb show mark, len\n${text}` });
  if (!program?.hooks) throw new Error(diagnostics.map(({ message }) => message).join());
  const made: CompiledQuery = query(SLOTS, ["mark", "len"], {
    explicitShow: true,
    ending: [],
    captured: program.queries[0]!.captured ?? [],
  });
  const batch = new Batch();
  const hooks = await Hooks.start(program.hooks, {
    queries: [made],
    batch,
    context: context(),
    onFault: ({ message }) => console.log(`${name}: ${message}`),
  });
  const sink = new Sink(openSync("/dev/null", "w"), () => {});
  const table = tablePresenter(sink, [columnsOf(made, batch, context())], batch, context(), { color: false });
  const presenter: Presenter = printed ? table : { ...table, event() {} };
  const taking = intake([made], batch, presenter, { hooks }, () => {});
  const batches = Array.from({ length: 8 }, (_, i) => records(made, i * RECORDS));
  let from = process.cpuUsage();
  for (let i = 0; i < BATCHES; i++) {
    // The first are for V8 and QuickJS to get warm.
    if (i === BATCHES / 4) from = process.cpuUsage();
    taking.take(batches[i % batches.length]!);
    taking.release(Number.MAX_SAFE_INTEGER);
    if (printed) await sink.drained();
    if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(from);
  const seconds = (user + system) / 1e6;
  const count = (BATCHES - BATCHES / 4) * RECORDS;
  const how = printed ? "printed" : "counted";
  console.log(`${name.padEnd(8)} ${how}: ${Math.round(count / seconds / 1000)} k events/s`);
}

/** A thousand flows, eight events to a packet. */
function records(made: CompiledQuery, first: number): Uint8Array {
  return batchOf(
    ...Array.from({ length: RECORDS }, (_, i) => {
      const event = first + i;
      const flow = (event >> 3) % 1000;
      const source = new Uint8Array(24);
      source.set([4, 0, 0, 0, 0, 0, 0, 0, 10, 0, flow >> 8, flow & 0xff]);
      return record(
        made,
        { time: BigInt(event) * 1000n, packet: BigInt((event >> 3) + 1), point: event & 1 },
        {
          mark: le(event & 7, 4),
          len: le(60 + (event & 7), 4),
          "tcp.dport": le(event % 3 === 0 ? 443 : 80, 2),
          iface: chars(`eth${flow & 3}`),
          "ip.src": source,
        },
      );
    }),
  );
}

for (const [name, text] of HOOKS) {
  await measure(name, text, false);
  await measure(name, text, true);
}
