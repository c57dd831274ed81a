import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RotatingFile } from "../../src/runtime/output/rotating-file.ts";
import { Sink, type SinkEnd } from "../../src/runtime/output/sink.ts";

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "pwq-test-"));
const never = Number.POSITIVE_INFINITY;
/** The files of a trace in the order of time, unpacked. */
const content = (path: string, names: readonly string[]): string =>
  [...names.map((name) => join(path, "..", name)), path]
    .map((name) => (name.endsWith(".gz") ? gunzipSync(readFileSync(name)) : readFileSync(name)).toString())
    .join("");

describe("a rotating file", () => {
  test("numbers go up, and the newest is FILE itself", async () => {
    const path = join(emptyFolder(), "out");
    const file = await RotatingFile.open(path, { gzip: false });
    for (const text of ["one", "two", "three"]) {
      writeSync(file.fd, text);
      if (text !== "three") await file.next();
    }
    expect(await file.close()).toEqual({ kept: ["out.1", "out.2"], removed: 0, problems: [] });
    expect(content(path, ["out.1", "out.2"])).toBe("onetwothree");
  });

  test("what an earlier trace wrote is put aside, and its backups count", async () => {
    const folder = emptyFolder();
    const path = join(folder, "out");
    writeFileSync(path, "before");
    for (const name of ["out.7", "out.8.gz", "out.9.gz.part", "out.old", "out.x.1", "outer.3"])
      writeFileSync(join(folder, name), name);
    const file = await RotatingFile.open(path, { gzip: false, backups: 2 });
    const { kept, removed } = await file.close();
    expect([kept, removed]).toEqual([["out.8.gz", "out.9"], 1]);
    expect(readdirSync(folder).sort()).toEqual(["out", "out.8.gz", "out.9", "out.old", "out.x.1", "outer.3"]);
    expect(readFileSync(join(folder, "out.9"), "utf8")).toBe("before");
  });

  test("finished files are compressed, and are whole", async () => {
    const folder = emptyFolder();
    const path = join(folder, "out");
    const file = await RotatingFile.open(path, { gzip: true });
    const text = "0123456789".repeat(100_000);
    for (let i = 0; i < 3; i++) {
      writeSync(file.fd, text);
      await file.next();
    }
    const { kept } = await file.close();
    expect(kept).toEqual(["out.1.gz", "out.2.gz", "out.3.gz"]);
    expect(readdirSync(folder).sort()).toEqual(["out", ...kept]);
    expect(content(path, kept)).toBe(text.repeat(3));
  });

  test("those that are too old are removed", async () => {
    const path = join(emptyFolder(), "out");
    let now = 1000;
    const file = await RotatingFile.open(path, { gzip: false, keepMs: 500 }, () => now);
    for (const at of [1000, 1400, 1800]) {
      now = at;
      await file.next();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await file.close()).toEqual({ kept: ["out.2", "out.3"], removed: 1, problems: [] });
  });

  test("what cannot be compressed stays as it is, and that is said once", async () => {
    const folder = emptyFolder();
    const path = join(folder, "out");
    mkdirSync(join(folder, "out.1.gz.part.d"));
    const file = await RotatingFile.open(path, { gzip: true });
    mkdirSync(join(folder, "out.1.gz.part"));
    writeSync(file.fd, "text");
    await file.next();
    const { kept, problems } = await file.close();
    expect(kept).toEqual(["out.1"]);
    expect(problems).toEqual(["out.1 is not compressed: it is a folder"]);
    expect(readFileSync(join(folder, "out.1"), "utf8")).toBe("text");
  });

  test("a device or folder is refused, and what cannot be opened is left alone", async () => {
    await expect(RotatingFile.open("/dev/null", { gzip: false })).rejects.toMatchObject({ code: "NOTFILE" });
    await expect(RotatingFile.open("/no/such/out", { gzip: false })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

describe("a sink over one", () => {
  const rotating = async (maxBytes: number, maxAgeMs = never) => {
    const path = join(emptyFolder(), "out");
    const file = await RotatingFile.open(path, { gzip: false });
    const ends: SinkEnd[] = [];
    const sink = new Sink(file.fd, (end) => ends.push(end), {
      maxBytes,
      maxAgeMs,
      next: () => file.next(),
    });
    sink.heading = (n) => sink.line(`file ${n}\n`);
    return { path, file, sink, ends };
  };

  test("no event is lost or torn, and no file is larger than it may be", async () => {
    const { path, file, sink } = await rotating(100_000);
    const lines = Array.from({ length: 20_000 }, (_, i) => `event ${i} ${"ü".repeat(i % 40)}\n`);
    sink.line("file 1\n");
    for (const line of lines) {
      sink.event(line);
      await sink.drained();
    }
    sink.line("end\n");
    await sink.flush();
    const { kept } = await file.close();
    expect(sink.eventsWritten).toBe(lines.length);
    expect(sink.files).toBe(kept.length + 1);
    expect(kept.length).toBeGreaterThan(5);
    const files = [...kept.map((name) => join(path, "..", name)), path].map((name) =>
      readFileSync(name, "utf8"),
    );
    files.forEach((text, i) => {
      expect(text.startsWith(`file ${i + 1}\n`)).toBe(true);
      expect(text.endsWith("\n")).toBe(true);
      if (i < files.length - 1) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
        expect(Buffer.byteLength(text)).toBeGreaterThan(99_800);
      }
    });
    expect(files.map((text) => text.replace(/^file \d+\n/, "")).join("")).toBe(`${lines.join("")}end\n`);
  });

  test("an event that is larger than a file has one of its own", async () => {
    const { path, file, sink } = await rotating(1000);
    const large = `${"x".repeat(300_000)}\n`;
    for (const line of ["a\n", large, "b\n"]) sink.event(line);
    await sink.flush();
    const { kept } = await file.close();
    expect(kept.length).toBe(2);
    expect(content(path, kept)).toBe(`a\nfile 2\n${large}file 3\nb\n`);
  });

  test("by age, at the first event after it", async () => {
    const { path, file, sink } = await rotating(never, 50);
    sink.event("a\n");
    sink.event("b\n");
    await new Promise((resolve) => setTimeout(resolve, 80));
    sink.event("c\n");
    await sink.flush();
    const { kept } = await file.close();
    expect(content(path, kept)).toBe("a\nb\nfile 2\nc\n");
  });

  test("a new file that cannot be opened ends it, with what was written before intact", async () => {
    const { path, file, sink, ends } = await rotating(10);
    sink.event("12345678\n");
    await sink.flush();
    const folder = join(path, "..");
    const blocked = join(folder, "out.1");
    mkdirSync(join(blocked, "full"), { recursive: true });
    chmodSync(folder, 0o755);
    sink.event("87654321\n");
    await sink.flush();
    expect(ends).toMatchObject([{ kind: "failed" }]);
    expect(sink.eventsWritten).toBe(1);
    await file.close();
    expect(readFileSync(path, "utf8")).toBe("12345678\n");
  });
});
