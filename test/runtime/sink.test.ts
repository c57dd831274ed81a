import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Sink, type SinkEnd } from "../../src/runtime/output/sink.ts";

const folder = mkdtempSync(join(tmpdir(), "pwq-test-"));

describe("a sink", () => {
  test("writes everything in order, and counts events", async () => {
    const path = join(folder, "all");
    const fd = openSync(path, "w");
    const sink = new Sink(fd, () => {});
    const lines = Array.from({ length: 20_000 }, (_, i) => `event ${i} ${"ü".repeat(i % 40)}\n`);
    sink.line("header\n");
    for (const line of lines) sink.event(line);
    sink.line("footer\n");
    await sink.flush();
    closeSync(fd);
    expect(readFileSync(path, "utf8")).toBe(`header\n${lines.join("")}footer\n`);
    expect(sink.eventsWritten).toBe(20_000);
    expect(sink.ended).toBeUndefined();
  });

  test("takes a line larger than its chunks", async () => {
    const path = join(folder, "large");
    const sink = new Sink(openSync(path, "w"), () => {});
    const line = `${"x".repeat(300_000)}\n`;
    sink.event(line);
    await sink.flush();
    expect(readFileSync(path, "utf8")).toBe(line);
  });

  test("a full device ends it, with the error and no event counted", async () => {
    const ends: SinkEnd[] = [];
    const sink = new Sink(openSync("/dev/full", "w"), (end) => ends.push(end));
    sink.event("one\n");
    await sink.flush();
    sink.event("two\n");
    await sink.flush();
    expect(ends).toEqual([{ kind: "failed", code: "ENOSPC", message: expect.stringContaining("ENOSPC") }]);
    expect(sink.eventsWritten).toBe(0);
  });

  test("a reader that goes away is no failure", async () => {
    const reader = spawn("true", { stdio: ["pipe", "ignore", "ignore"] });
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const cat = spawn("head", ["-c", "4", fifo], { stdio: "ignore" });
    const ended = await new Promise<SinkEnd>((resolve) => {
      const sink = new Sink(openSync(fifo, "w"), resolve);
      const more = (): void => {
        if (sink.ended) return;
        sink.event(`${"y".repeat(4000)}\n`);
        setTimeout(more, 1);
      };
      more();
    });
    expect(ended).toEqual({ kind: "gone" });
    cat.kill();
    reader.kill();
  });

  test("makes its source wait while a reader is slow", async () => {
    const fifo = join(folder, "slow");
    execFileSync("mkfifo", [fifo]);
    // Opens, and reads only when it is told to.
    const reader = spawn("sh", ["-c", `exec 3<"${fifo}"; read _; cat <&3 >/dev/null`], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const sink = new Sink(openSync(fifo, "w"), () => {});
    const line = `${"z".repeat(1000)}\n`;
    let lines = 0;
    while (!sink.drained()) {
      for (let i = 0; i < 100; i++) sink.event(line);
      lines += 100;
    }
    expect(lines).toBeGreaterThan(1000);
    expect(lines).toBeLessThan(10_000);
    const drained = sink.drained();
    reader.stdin.end("go\n");
    await drained;
    await sink.flush();
    expect(sink.eventsWritten).toBe(lines);
  });

  test("a torn last line is taken off a file, and what is whole is counted", async () => {
    // A file size limit stops a write in the middle, as a full disk does.
    const path = join(folder, "torn");
    const script = join(folder, "torn.mjs");
    writeFileSync(script, TORN);
    const build = `node_modules/.bin/esbuild src/runtime/output/sink.ts --bundle --platform=node --format=esm --outfile=${join(folder, "sink.mjs")} --log-level=error`;
    execFileSync("sh", ["-c", build]);
    const out = execFileSync("sh", ["-c", `trap '' XFSZ; ulimit -f 10; node ${script} ${path}`], {
      encoding: "utf8",
    });
    const text = readFileSync(path, "utf8");
    const whole = text.trimEnd().split("\n");
    expect(text.endsWith("\n")).toBe(true);
    expect(whole.every((line, i) => line === `event ${i} ${"w".repeat(90)}`)).toBe(true);
    expect(JSON.parse(out)).toEqual({ code: "EFBIG", written: whole.length });
  });
});

const TORN = `
import { openSync } from "node:fs";
import { Sink } from "./sink.mjs";
let code;
const sink = new Sink(openSync(process.argv[2], "w"), (end) => { code = end.code; });
for (let i = 0; i < 2000; i++) sink.event("event " + i + " " + "w".repeat(90) + "\\n");
await sink.flush();
console.log(JSON.stringify({ code, written: sink.eventsWritten }));
`;
