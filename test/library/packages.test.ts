import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCall } from "../../src/cli/call.ts";
import { powers } from "../../src/cli/consent.ts";
import { readProgram } from "../../src/cli/program.ts";
import { openLibrary } from "../../src/library/library.ts";
import { add } from "../../src/library/packages/add.ts";
import { digestOf, installed, queryName } from "../../src/library/packages/installed.ts";
import { packageOf, programsOf } from "../../src/library/packages/pack.ts";
import { Store } from "../../src/library/packages/store.ts";
import { fileLoader } from "../../src/runtime/files.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

let root: string;
const SLOW = `## Slow name servers
use "./part/common.pwq"
trace drop where dns show payload(32), tuple
on drop (e) { print(e.netns); }
`;
const files = {
  "slow.pwq": SLOW,
  "part/common.pwq": "def dns = udp.port == 53\n",
  "README.md": "# Checks\n",
  "evil.sh": "exit",
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "pwq-packages-"));
  mkdirSync(join(root, "source/part"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "source", name), text);
  const scripts = { preinstall: "false" };
  const identity = { name: "@us/checks", version: "1.2.0", description: "ours", scripts };
  writeFileSync(join(root, "source/package.json"), JSON.stringify(identity));
});
afterAll(() => rmSync(root, { recursive: true }));

const packed = () => {
  const folder = join(root, "source");
  return packageOf(folder, programsOf(folder), { slow: "Slow name servers" });
};
const storeIn = (name: string): Store => new Store(join(root, name));

describe("pack", () => {
  it("lists the programs with their checksums, and takes no scripts along", () => {
    const { manifest } = packed();
    expect(manifest).toMatchObject({ name: "@us/checks", version: "1.2.0", description: "ours" });
    expect(Object.keys(manifest.pwq.files)).toEqual(["part/common.pwq", "slow.pwq"]);
    expect(manifest).not.toHaveProperty("scripts");
  });
  it("the same folder makes the same archive", async () => {
    const { archive } = packed();
    await new Promise((done) => setTimeout(done, 1100)); // times in archives are seconds
    expect(packed().archive.equals(archive)).toBe(true);
  });
});

describe("add", () => {
  it("installs programs and texts, nothing else, and locks them", async () => {
    const store = storeIn("fresh");
    const { manifest, integrity, before } = await add(packed().archive, "file:/x.tgz", store);
    expect(before).toBeUndefined();
    const folder = store.folderOf("@us/checks");
    expect(
      ["slow.pwq", "part/common.pwq", "README.md", "package.json", "evil.sh"].filter((name) =>
        existsSync(join(folder, name)),
      ),
    ).toEqual(["slow.pwq", "part/common.pwq", "README.md", "package.json"]);
    expect(store.lock().packages).toEqual({
      "@us/checks": {
        version: "1.2.0",
        resolved: "file:/x.tgz",
        integrity,
        queries: { slow: "Slow name servers" },
        files: manifest.pwq.files,
      },
    });
  });
  it("a second time replaces the first; what was refused changes nothing", async () => {
    const store = storeIn("twice");
    const { archive } = packed();
    await add(archive, "a", store);
    expect((await add(archive, "b", store)).before).toBe("1.2.0");
    const lock = store.lock();
    await expect(add(archive.subarray(0, 100), "c", store)).rejects.toThrow();
    expect(store.lock()).toEqual(lock);
    expect(readFileSync(join(store.folderOf("@us/checks"), "slow.pwq"), "utf8")).toBe(SLOW);
  });
  it("remove takes away files and the entry", async () => {
    const store = storeIn("removed");
    await add(packed().archive, "a", store);
    store.replace("@us/checks", undefined);
    expect(store.lock().packages).toEqual({});
    expect(existsSync(store.folderOf("@us/checks"))).toBe(false);
  });
});

describe("queries of a package", () => {
  const library = (store: Store) => openLibrary([], () => installed([store.folder]));
  it("are found by package and name, and find what lies beside them", async () => {
    const store = storeIn("found");
    await add(packed().archive, "a", store);
    expect(library(store).entries()).toMatchObject([
      { name: "@us/checks/slow", of: "package @us/checks 1.2.0" },
    ]);
    const loader = fileLoader(library(store));
    const slow = loader.load("@us/checks/slow", { name: "<call>", text: "" });
    expect("source" in slow && slow.source.text).toBe(SLOW);
    const common = loader.load("./part/common.pwq", { name: "@us/checks/slow", text: "" });
    expect("source" in common && common.source.text).toBe(files["part/common.pwq"]);
    expect(loader.load("../../../../source/slow.pwq", { name: "@us/checks/slow", text: "" })).toMatchObject({
      problem: { kind: "outside" },
    });
    const from = "source" in common ? common.source : { name: "", text: "" };
    expect(loader.load("/etc/hostname", from)).toMatchObject({ problem: { kind: "outside" } });
  });
  it("are refused when any file of the package is another one, is gone, or could be changed", async () => {
    const store = storeIn("changed");
    const problem = () => library(store).locate("@us/checks/slow");
    await add(packed().archive, "a", store);
    writeFileSync(join(store.folderOf("@us/checks"), "part/common.pwq"), "def dns = tcp\n");
    expect(problem()).toMatchObject({ problem: { kind: "changed" } });
    await add(packed().archive, "a", store);
    expect(problem()).toHaveProperty("path");
    chmodSync(store.folderOf("@us/checks"), 0o777);
    expect(problem()).toMatchObject({ problem: { kind: "world-writable" } });
    rmSync(store.folderOf("@us/checks"), { recursive: true });
    expect(problem()).toMatchObject({ problem: { kind: "changed" } });
  });
  it("a name that is no package's", () => {
    expect(queryName("checks", "slow")).toBe("@checks/slow");
    expect(library(storeIn("nowhere")).locate("@checks/slow")).toMatchObject({
      problem: { kind: "not-in-library" },
    });
  });
});

describe("what was agreed to", () => {
  it("is remembered by content", async () => {
    const store = storeIn("agreed");
    await add(packed().archive, "a", store);
    const [query] = installed([store.folder]);
    store.accept(digestOf(query!));
    await add(packed().archive, "b", store);
    expect(store.accepted()).toContain(digestOf(installed([store.folder])[0]!));
    writeFileSync(join(root, "source/part/common.pwq"), "def dns = udp.port == 5353\n");
    await add(packed().archive, "c", store);
    expect(store.accepted()).not.toContain(digestOf(installed([store.folder])[0]!));
    writeFileSync(join(root, "source/part/common.pwq"), files["part/common.pwq"]);
  });
  it("is told: points, captured fields, hooks", async () => {
    process.env.XDG_DATA_HOME = join(root, "told");
    try {
      await add(packed().archive, "npm:@us/checks@1.2.0", new Store());
      const all = installed();
      const text = powers(
        all[0]!,
        all,
        readProgram(parseCall(["run", "@us/checks/slow"])!),
        fixtureFacts("6.12"),
      );
      expect(text).toContain("@us/checks 1.2.0 (npm:@us/checks@1.2.0) has not run here before");
      expect(text).toContain("attaches to 1 tracepoint\n");
      expect(text).toContain("captures payload(32), tuple, netns\n");
      expect(text).toContain("hooks (drop) see that, and may print, report");
    } finally {
      delete process.env.XDG_DATA_HOME;
    }
  });
});
