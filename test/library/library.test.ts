import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLibrary } from "../../src/library/library.ts";
import { type Shelf, shelves } from "../../src/library/shelves.ts";
import { untrusted } from "../../src/library/trust.ts";
import { fileLoader } from "../../src/runtime/files.ts";

let root: string;
const shelf = (name: string, of: Shelf["of"]): Shelf => ({ folder: join(root, name), of });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "pwq-library-"));
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  for (const folder of ["shipped", "user", "system", "open"]) mkdirSync(join(root, folder));
  write("shipped/drops.pwq", "trace drop");
  write("user/drops.pwq", "trace drop where tcp");
  write("user/mine.pwq", 'use "./part.pwq"\ntrace drop where web');
  write("user/part.pwq", "def web = tcp.dport == 443");
  write("user/loose.pwq", "trace drop");
  write("user/notes.txt", "");
  chmodSync(join(root, "user/loose.pwq"), 0o666);
  write("system/ours.pwq", "trace drop");
  write("open/planted.pwq", "trace drop");
  chmodSync(join(root, "open"), 0o777);
});
afterAll(() => rmSync(root, { recursive: true }));

const all = () =>
  openLibrary([
    shelf("shipped", "pwq"),
    shelf("user", "user"),
    shelf("open", "user"),
    shelf("system", "system"),
    shelf("nowhere", "system"),
  ]);

describe("the library", () => {
  it("has the programs of all folders, of one name the first", () => {
    expect(
      all()
        .entries()
        .map(({ name, of }) => `${name} ${of}`),
    ).toEqual(["@drops pwq", "@loose user", "@mine user", "@ours system", "@part user"]);
  });
  it.each([
    ["@drops", "shipped/drops.pwq"],
    ["@mine", "user/mine.pwq"],
    ["@ours", "system/ours.pwq"],
  ])("%s is %s", (name, path) => expect(all().locate(name)).toEqual({ path: join(root, path) }));
  it.each([
    ["@loose", "world-writable"],
    ["@planted", "world-writable"],
    ["@../user/mine", "not-in-library"],
    ["@user/mine", "not-in-library"],
    ["@notes", "not-in-library"],
    ["@", "not-in-library"],
  ])("%s: %s", (name, kind) => expect(all().locate(name)).toMatchObject({ problem: { kind } }));
  it("says which folders nothing is taken from", () => {
    expect(all().refused()).toEqual([
      { folder: join(root, "open"), problem: { kind: "world-writable", what: join(root, "open") } },
    ]);
  });
  it("a program finds what it uses beside itself, wherever pwq is called", () => {
    const loader = fileLoader(all());
    const mine = loader.load("@mine", { name: "<call>", text: "" });
    const part = loader.load("./part.pwq", { name: "@mine", text: "" });
    expect("source" in mine && mine.source.name).toBe("@mine");
    expect("source" in part && part.source.text).toBe("def web = tcp.dport == 443");
  });
});

describe("what nothing is taken from", () => {
  it("a folder below one that anybody can rename", () => {
    mkdirSync(join(root, "renamable/below"), { recursive: true });
    chmodSync(join(root, "renamable"), 0o777);
    expect(untrusted(join(root, "renamable/below"))).toEqual({
      kind: "world-writable",
      what: join(root, "renamable"),
    });
    chmodSync(join(root, "renamable"), 0o1777);
    expect(untrusted(join(root, "renamable/below"))).toBeUndefined();
  });
});

describe("the search path", () => {
  const folders = (env: NodeJS.ProcessEnv) => shelves(env).map(({ folder, of }) => [of, folder]);
  it("is that of the XDG specification; paths that are not absolute do not count", () => {
    expect(folders({ XDG_DATA_HOME: "/home/a/data", XDG_DATA_DIRS: "/opt/share:share:/usr/share" })).toEqual([
      ["pwq", expect.stringMatching(/\/examples$/)],
      ["user", "/home/a/data/pwq/library"],
      ["system", "/opt/share/pwq/library"],
      ["system", "/usr/share/pwq/library"],
    ]);
    expect(folders({ XDG_DATA_HOME: "data" }).map(([, folder]) => folder)).toContain(
      "/usr/local/share/pwq/library",
    );
  });
});
