import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { queryCounterIndex } from "../../src/compiler/layout.ts";
import { count, countDelivered, fakeKernel, runFake } from "./fakes.ts";
import { batchOf, compiled, le, query, record } from "./records.ts";

const MARK = [{ key: "mark", encoding: "uint", size: 4 }] as const;
const marks = (rest: Parameters<typeof query>[2] = {}, index = 0) => query(MARK, ["mark"], rest, index);
const events = (of: ReturnType<typeof query>, from: number, to: number, packet = 1n) =>
  batchOf(
    ...Array.from({ length: to - from }, (_, i) =>
      record(of, { time: BigInt(from + i), packet }, { mark: le(from + i, 4) }),
    ),
  );
/** Values of `mark` in the events of a JSON output. */
const shown = (text: string): number[] =>
  text
    .split("\n")
    .filter((line) => line.includes('"event"'))
    .map((line) => JSON.parse(line).mark);
const numbers = (to: number): number[] => Array.from({ length: to }, (_, i) => i);

describe("the course of a trace", () => {
  test("attach, read, detach, flush, close, in this order", async () => {
    const kernel = fakeKernel();
    await runFake(kernel, [marks()], (end) => end("signal"));
    expect(kernel.calls).toEqual(["attach", "read", "detach", "flush", "close"]);
  });

  test("what is still in the ring when it ends is shown", async () => {
    const q = marks();
    const kernel = fakeKernel({ onFlush: (k) => void k.send(events(q, 2, 4)) });
    const { text, end } = await runFake(kernel, [q], async (stop) => {
      await kernel.send(events(q, 0, 2));
      countDelivered(kernel, 4);
      stop("signal");
    });
    expect(shown(text)).toEqual(numbers(4));
    expect(end).toMatchObject({ events: 4, packets: 1, lost: 0, reason: "signal" });
  });

  test("an error while attaching leaves nothing open", async () => {
    const kernel = fakeKernel({ attached: { count: 0, refused: [{ symbol: "ip_rcv", code: "EINVAL" }] } });
    await expect(runFake(kernel, [marks()], () => {})).rejects.toThrow(/PWQ3011: nothing could be attached/);
    expect(kernel.calls.at(-1)).toBe("close");
  });

  test("the ready file is there when records are read, and not before", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "pwq-test-")), "ready");
    const kernel = fakeKernel();
    let there = false;
    await runFake(
      kernel,
      [marks()],
      async (end) => {
        await new Promise((resolve) => setImmediate(resolve));
        there = existsSync(path);
        end("signal");
      },
      {
        readyFile: path,
        onAttached: () => expect(existsSync(path)).toBe(false),
      },
    );
    expect(there).toBe(true);
  });

  test("a ready file that cannot be made ends the trace", async () => {
    const kernel = fakeKernel();
    const run = runFake(kernel, [marks()], () => {}, { readyFile: "/no/such/folder/ready" });
    await expect(run).rejects.toThrow(/PWQ2017/);
    expect(kernel.calls.at(-1)).toBe("close");
  });
});

describe("what ends a trace", () => {
  test("limit N events is exact, over batches", async () => {
    const q = marks({ limit: { count: 5, unit: "events" } });
    const kernel = fakeKernel();
    const { text, end } = await runFake(kernel, [q], async () => {
      await kernel.send(events(q, 0, 3));
      await kernel.send(events(q, 3, 9));
      countDelivered(kernel, 9);
    });
    expect(shown(text)).toEqual(numbers(5));
    expect(end).toMatchObject({ events: 5, lost: 0, reason: "limit" });
  });

  test("--limit counts over all queries", async () => {
    const [one, two] = [marks(), marks({}, 1)];
    const kernel = fakeKernel();
    const { end } = await runFake(
      kernel,
      [one, two],
      async () => {
        await kernel.send(batchOf(events(one, 0, 2), events(two, 2, 6)));
      },
      { limit: 3 },
    );
    expect(end.events).toBe(3);
  });

  test("for a time", async () => {
    const { end } = await runFake(fakeKernel(), [marks({ forNs: 30_000_000n })], () => {});
    expect(end.reason).toBe("time");
    expect(end.seconds).toBeGreaterThanOrEqual(0.03);
  });

  test("the shorter of two times", async () => {
    const { end } = await runFake(fakeKernel(), [marks({ forNs: 3_600_000_000_000n })], () => {}, {
      forNs: 10_000_000n,
    });
    expect(end.seconds).toBeLessThan(10);
  });

  test("stop when: the event that meets it is the last, whether it is shown or not", async () => {
    const q = marks();
    const stop = (flags: ("stop" | "hidden")[]) =>
      batchOf(events(q, 0, 2), record(q, { time: 2n, flags }, { mark: le(2, 4) }), events(q, 3, 5));
    for (const [flags, last] of [
      [["stop"], 3],
      [["stop", "hidden"], 2],
    ] as const) {
      const kernel = fakeKernel();
      const { text, end } = await runFake(kernel, [q], () => kernel.send(stop([...flags])));
      expect(shown(text)).toEqual(numbers(last));
      expect(end.reason).toBe("stop");
    }
  });

  test("limit N packets: when their journeys have ended", async () => {
    const q = marks({ limit: { count: 2, unit: "packets" } });
    const kernel = fakeKernel();
    kernel.followed = 1;
    const { end } = await runFake(kernel, [q], async () => {
      await kernel.send(batchOf(events(q, 0, 1, 1n), events(q, 1, 2, 2n)));
      kernel.counters[queryCounterIndex(0, "selected")] = 7n;
      kernel.counters[queryCounterIndex(0, "over_limit")] = 5n;
      await new Promise((resolve) => setTimeout(resolve, 150));
      await kernel.send(events(q, 2, 3, 2n));
      kernel.followed = 0;
    });
    expect(end).toMatchObject({ events: 3, packets: 2, reason: "limit" });
    expect(end.seconds).toBeLessThan(0.9);
  });

  test("limit N packets: or one second after their last event", async () => {
    const q = marks({ limit: { count: 1, unit: "packets" } });
    const kernel = fakeKernel();
    kernel.followed = 1;
    const { end } = await runFake(kernel, [q], async () => {
      kernel.counters[queryCounterIndex(0, "selected")] = 1n;
      await kernel.send(events(q, 0, 1));
    });
    expect(end.reason).toBe("limit");
    expect(end.seconds).toBeGreaterThanOrEqual(1);
    expect(end.seconds).toBeLessThan(2);
  });

  test("shortly after its command, whose status is told", async () => {
    const { end } = await runFake(fakeKernel(), [marks()], () => {}, { command: ["sh", "-c", "exit 7"] });
    expect(end).toMatchObject({ reason: "command", command: { status: 7, signal: null } });
  });

  test("a command that outlives the trace is ended", async () => {
    const { end } = await runFake(fakeKernel(), [marks({ forNs: 50_000_000n })], () => {}, {
      command: ["sleep", "60"],
    });
    expect(end).toMatchObject({ reason: "time", command: { status: null, signal: "SIGTERM" } });
  });
});

describe("losses", () => {
  test("each cause is told once, while it runs and at the end, and they add up", async () => {
    const q = marks();
    const kernel = fakeKernel();
    const { losses, end } = await runFake(kernel, [q], async (stop) => {
      await kernel.send(events(q, 0, 4));
      countDelivered(kernel, 4);
      kernel.counters[queryCounterIndex(0, "produced")]! += 10n;
      kernel.counters[queryCounterIndex(0, "lost_ring")]! += 10n;
      await new Promise((resolve) => setTimeout(resolve, 150));
      kernel.counters[queryCounterIndex(0, "produced")]! += 2n;
      kernel.counters[queryCounterIndex(0, "lost_ring")]! += 2n;
      count(kernel, "map_full", 3);
      count(kernel, "inserted", 9);
      count(kernel, "deleted", 5);
      kernel.followed = 1;
      stop("signal");
    });
    expect(losses).toEqual(["ring_full 10", "ring_full 2", "map_full 3", "evicted 3"]);
    expect(end.lost).toBe(18);
  });

  test("records that never came are lost, too", async () => {
    const q = marks();
    const kernel = fakeKernel();
    const { losses } = await runFake(kernel, [q], async (stop) => {
      await kernel.send(events(q, 0, 4));
      countDelivered(kernel, 5);
      stop("signal");
    });
    expect(losses).toEqual(["unread 1"]);
  });

  test("what sample and rate leave out is counted, and is no loss", async () => {
    const kernel = fakeKernel();
    const { end } = await runFake(kernel, [marks()], (stop) => {
      kernel.counters[queryCounterIndex(0, "sampled_out")] = 99n;
      kernel.counters[queryCounterIndex(0, "rate_limited")] = 1n;
      stop("signal");
    });
    expect(end).toMatchObject({ thinned: 100, lost: 0 });
  });
});

test("compiled queries carry the backend into the start line", async () => {
  const q = marks();
  const { text } = await runFake(fakeKernel(), [q], (end) => end("signal"), {
    compiled: compiled([q], { backend: "tracepoint" }),
  });
  expect(JSON.parse(text.split("\n")[0]!)).toEqual({
    type: "start",
    version: "0.0.0",
    query: "trace skb",
    kernel: "6.12.0",
    backend: "tracepoint",
    probes: 3,
  });
});
