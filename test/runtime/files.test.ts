import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Loaded } from "../../src/compiler/check/loader.ts";
import { PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import { openLibrary } from "../../src/library/library.ts";
import { decodeProgram, fileLoader, readProgram } from "../../src/runtime/files.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "pwq-files-"));
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(root, name), content);
  write("good.pwq", "\ufefftrace drop\n");
  write("latin1.pwq", Buffer.from("trace drop # caf\xe9\n", "latin1"));
  write("large.pwq", "");
  truncateSync(join(root, "large.pwq"), 100_000_000);
  for (const folder of ["open", "library", "closed"]) mkdirSync(join(root, folder));
  write("open/a.pwq", "def a = tcp");
  chmodSync(join(root, "open"), 0o1777);
  write("closed/a.pwq", "def a = tcp");
  chmodSync(join(root, "closed/a.pwq"), 0o666);
  symlinkSync("../good.pwq", join(root, "open/link.pwq"));
  symlinkSync("good.pwq", join(root, "same.pwq"));
  write("library/rpf.pwq", "def a = tcp");
  write("library/notes.txt", "");
});
afterAll(() => rmSync(root, { recursive: true }));

const refusal = (name: string): string => {
  try {
    return readProgram(join(root, name)).text;
  } catch (error) {
    if (error instanceof PwqError) return error.diagnostics.map(({ code }) => code).join();
    throw error;
  }
};

describe("a program named on the command line", () => {
  it.each([
    ["good.pwq", "trace drop\n"],
    ["missing.pwq", "PWQ1401"],
    ["good.pwq/below", "PWQ1401"],
    [".", "PWQ1402"],
    ["large.pwq", "PWQ1403"],
    ["latin1.pwq", "PWQ1404"],
    ["../../dev/null", "PWQ1409"],
    // It is named, so it is what the user wants: only what it uses is looked at.
    ["open/a.pwq", "def a = tcp"],
  ])("%s: %s", (name, expected) => expect(refusal(name)).toBe(expected));
});

describe("a used file", () => {
  const load = (path: string): Loaded =>
    fileLoader(openLibrary([{ folder: join(root, "library"), of: "pwq" }])).load(path, {
      name: join(root, "main.pwq"),
      text: "",
    });
  const problem = (path: string): string => {
    const loaded = load(path);
    return "problem" in loaded ? loaded.problem.kind : loaded.source.text;
  };

  it.each([
    ["./good.pwq", "trace drop\n"],
    ["./closed/../good.pwq", "trace drop\n"],
    ["./missing.pwq", "missing"],
    ["./open/a.pwq", "world-writable"],
    ["./closed/a.pwq", "world-writable"],
    ["./open/link.pwq", "world-writable"],
    ["/dev/null", "not-regular"],
    ["good.pwq", "not-a-path"],
    ["@rpf", "def a = tcp"],
    ["@../good", "not-in-library"],
    ["@notes", "not-in-library"],
  ])("%s: %s", (path, expected) => expect(problem(path)).toBe(expected));

  it("is one file under all its names", () => {
    const [a, b] = [load("./good.pwq"), load("./same.pwq")];
    expect("identity" in a && "identity" in b && a.identity === b.identity).toBe(true);
  });

  it("of the library is named as it was written", () => {
    const loaded = load("@rpf");
    expect("source" in loaded && loaded.source.name).toBe("@rpf");
  });
});

describe("bytes of a program", () => {
  it.each([
    [[], 0],
    [[0x61, 0xff], 1],
    [[0x61, 0xc3], 1],
    [[0x61, 0xc3, 0xa9, 0xe2, 0x82], 3],
    [[0xed, 0xa0, 0x80], 0],
  ])("%j: the first that is not UTF-8 is at %d", (bytes, offset) => {
    const decoded = decodeProgram(Uint8Array.from(bytes));
    if (bytes.length === 0) expect(decoded).toBe("");
    else expect(decoded).toEqual({ kind: "not-utf8", offset });
  });
});
