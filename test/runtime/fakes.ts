import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Compiled, CompiledQuery } from "../../src/compiler/compiled.ts";
import { COUNTERS, counterIndex, queryCounterIndex } from "../../src/compiler/layout.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { columnsOf, leadingColumns } from "../../src/runtime/decode/columns.ts";
import { jsonPresenter } from "../../src/runtime/output/json.ts";
import type { EndInfo, EndReason, Presenter } from "../../src/runtime/output/presenter.ts";
import { Sink } from "../../src/runtime/output/sink.ts";
import { type TableOptions, tablePresenter } from "../../src/runtime/output/table.ts";
import { runSession, type Session } from "../../src/runtime/session.ts";
import type { Attached, Loaded, Tracer } from "../../src/runtime/tracer.ts";
import { compiled, context } from "./records.ts";

/** A kernel that hands over what a test gives it, and remembers what was done to it. */
export interface FakeKernel extends Tracer {
  readonly calls: string[];
  readonly counters: bigint[];
  /** Hands over a batch, as the ring's thread would; resolves when it may hand over the next. */
  send(batch: Uint8Array): Promise<void>;
  /** Resolves when records are read. */
  readonly reading: Promise<void>;
  followed: number;
}

export function fakeKernel(
  options: { readonly attached?: Attached; readonly onFlush?: (kernel: FakeKernel) => void } = {},
): FakeKernel {
  let onBatch: (batch: Uint8Array) => void | Promise<void> = () => {};
  let nowReading: () => void = () => {};
  const calls: string[] = [];
  const kernel: FakeKernel = {
    calls,
    counters: new Array<bigint>(COUNTERS).fill(0n),
    followed: 0,
    reading: new Promise((resolve) => {
      nowReading = resolve;
    }),
    async send(batch) {
      await onBatch(batch);
    },
    load: (): Loaded => ({
      attach: () => {
        calls.push("attach");
        return options.attached ?? { count: 3, refused: [] };
      },
      read: (callback) => {
        calls.push("read");
        onBatch = callback;
        nowReading();
      },
      counters: () => kernel.counters,
      remembered: () => 0,
      tracked: () => ({ entries: kernel.followed, followed: () => kernel.followed }),
      missed: () => 0,
      detach: () => {
        calls.push("detach");
      },
      flush: async () => {
        calls.push("flush");
        options.onFlush?.(kernel);
      },
      close: () => {
        calls.push("close");
      },
    }),
  };
  return kernel;
}

/** What the kernel counts for records of query 0 that it hands over. */
export function countDelivered(kernel: FakeKernel, records: number): void {
  for (const name of ["produced", "delivered"] as const) {
    kernel.counters[queryCounterIndex(0, name)]! += BigInt(records);
  }
}

export const count = (kernel: FakeKernel, name: Parameters<typeof counterIndex>[0], by: number): void => {
  kernel.counters[counterIndex(name)]! += BigInt(by);
};

export interface Outcome {
  readonly end: EndInfo;
  readonly text: string;
  readonly losses: readonly string[];
}

export type Format = "json" | TableOptions;

/** Runs a session over a fake kernel with output to a file; `drive` acts once records are read. */
export async function runFake(
  kernel: FakeKernel,
  queries: readonly CompiledQuery[],
  drive: (end: (reason: EndReason) => void) => Promise<void> | void,
  rest: Partial<Session> & { readonly format?: Format; readonly compiled?: Compiled } = {},
): Promise<Outcome> {
  const { format = "json", ...session } = rest;
  const path = join(mkdtempSync(join(tmpdir(), "pwq-test-")), "out");
  const sink = new Sink(openSync(path, "w"), () => {});
  const batch = session.batch ?? new Batch();
  const losses: string[] = [];
  const presenter = presenterFor(format, queries, sink, batch);
  let end: (reason: EndReason) => void = () => {};
  const ended = new Promise<EndReason>((resolve) => {
    end = resolve;
  });
  const running = runSession({
    compiled: compiled(queries),
    tracer: kernel,
    sizes: { followMap: 1024, buffer: 65_536 },
    batch,
    sink,
    presenter: {
      ...presenter,
      lost: (loss) => {
        losses.push(`${loss.cause} ${loss.count}`);
        presenter.lost(loss);
      },
    },
    about: { version: "0.0.0", query: "trace skb", kernel: "6.12.0" },
    ended,
    ...session,
  });
  void kernel.reading.then(() => drive(end));
  return { end: await running, text: readFileSync(path, "utf8"), losses };
}

export function presenterFor(
  format: Format,
  queries: readonly CompiledQuery[],
  sink: Sink,
  batch: Batch,
): Presenter {
  const columns = queries.map((query) => columnsOf(query, batch, context()));
  if (format === "json") return jsonPresenter(sink, columns, batch, context());
  const all = queries.map((query, i) => [...leadingColumns(query, batch, context()), ...columns[i]!]);
  return tablePresenter(sink, all, batch, context(), format);
}
