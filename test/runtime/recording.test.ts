import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Recorder, readRecording, rememberNames } from "../../src/runtime/recording.ts";
import { batchOf, context, le, query, record } from "./records.ts";

const q = query([{ key: "mark", encoding: "uint", size: 4 }], ["mark"]);
const batches = [1, 2].map((value) => batchOf(record(q, {}, { mark: le(value, 4) })));
const about = { version: "0.0.0", query: "trace skb", kernel: "6.12.0", backend: "kprobe", probes: 2 };
const end = {
  events: 2,
  packets: 1,
  discarded: 0,
  cut: 0,
  lost: 0,
  thinned: 0,
  seconds: 1.5,
  reason: "signal",
} as const;

function written(): string {
  const path = join(mkdtempSync(join(tmpdir(), "pwq-test-")), "recording");
  const { points, reasonType, names } = context();
  const remembered = rememberNames(names);
  remembered.names.symbol(0xffffffff81000086n);
  remembered.names.netns(4026532000);
  remembered.names.netns(1);
  const recorder = new Recorder(path);
  recorder.head({ about, queries: [q], points, reasonType, monotonic: 5n, wall: 2n ** 60n });
  for (const batch of batches) recorder.batch(batch);
  recorder.close(remembered.saved, end);
  return path;
}

test("what is read is what was written: bigints, maps and sets, too", () => {
  const recording = readRecording(written());
  expect(recording.head).toEqual({
    about,
    queries: [q],
    points: context().points,
    reasonType: context().reasonType,
    monotonic: 5n,
    wall: 2n ** 60n,
  });
  expect(recording.batches).toEqual(batches);
  expect(recording.end).toEqual(end);
});

test("names that were asked for are there, others are not", () => {
  const { names } = readRecording(written());
  expect(names.symbol(0xffffffff81000086n)).toEqual({ name: "nf_hook_slow", offset: 0x86 });
  expect(names.symbol(0xffffffff81000087n)).toBeUndefined();
  expect(names.netns(4026532000)).toBe("client");
  expect(names.netns(1)).toBeUndefined();
});

test("one that was cut short has its whole batches and no end", () => {
  const path = written();
  const bytes = readFileSync(path);
  const lastBatch = bytes.lastIndexOf(Buffer.from(batches[1]!));
  writeFileSync(path, bytes.subarray(0, lastBatch + 10));
  const recording = readRecording(path);
  expect(recording.batches).toEqual([batches[0]]);
  expect(recording.end).toBeUndefined();
});
