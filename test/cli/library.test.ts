import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, build } from "./build.ts";
import { emptyFolder, type Result, shell } from "./pwq.ts";

const folder = emptyFolder();
const env = { XDG_DATA_HOME: join(folder, "data"), XDG_DATA_DIRS: join(folder, "system") };
const pwq = (line: string): Promise<Result> => shell(line, { cwd: folder, env });

beforeAll(() => {
  build();
  writeFileSync(join(folder, "6.12.btf"), gunzipSync(readFileSync("test/fixtures/btf/6.12.btf.gz")));
  for (const [place, name] of [
    ["data", "mine"],
    ["system", "ours"],
  ] as const) {
    const library = join(folder, place, "pwq/library");
    mkdirSync(library, { recursive: true });
    writeFileSync(
      join(library, `${name}.pwq`),
      `## What is ${name}\n@tags own\ndef web = tcp.port == 443\ntrace drop where web\n`,
    );
  }
}, BUILD_MS);

describe("the library", () => {
  test("lists what comes with pwq, and what is the user's and the system's", async () => {
    const { stdout, stderr, status } = await pwq("pwq list");
    expect([stderr, status]).toEqual(["", 0]);
    const lines = stdout.trimEnd().split("\n");
    const shipped = readdirSync("examples").filter((name) => name.endsWith(".pwq"));
    expect(lines).toHaveLength(shipped.length + 2);
    expect(lines.find((line) => line.startsWith("@mine "))).toMatch(/^@mine +What is mine +\(user\) own$/);
    expect(lines.find((line) => line.startsWith("@ours "))).toMatch(/\(system\) own$/);
    expect((await pwq("pwq list own")).stdout.match(/^@\w+/gm)).toEqual(["@mine", "@ours"]);
    expect((await pwq("pwq list --names")).stdout.trimEnd().split("\n")).toHaveLength(lines.length);
  });
  test("a name stands wherever a file does", async () => {
    expect((await pwq("pwq check @mine")).stdout).toBe("@mine: ok\n");
    expect((await pwq("pwq info @rpf")).stdout).toMatch(
      /^@rpf\n\nPackets that the reverse-path filter[\s\S]*\n {2}iface +string += ""/,
    );
    expect((await pwq("pwq info @rpf --names")).stdout).toBe("iface=\nnet=\n");
    expect((await pwq("pwq explain @rpf iface=eth1 --btf 6.12.btf")).stdout).toMatch(
      /^Attached to 0 functions and 1 tracepoint$/m,
    );
    expect((await pwq("pwq compile @ours --btf 6.12.btf -o x.bpf.o")).stdout).toMatch(/^x\.bpf\.o: /);
    expect((await pwq(`pwq check -e 'use "@mine"\ntrace skb where web'`)).stdout).toBe("<query>: ok\n");
  });
  test("a folder that anybody could write is named, and nothing is taken from it", async () => {
    const open = join(folder, "open/pwq/library");
    mkdirSync(open, { recursive: true });
    writeFileSync(join(open, "planted.pwq"), "trace drop\n");
    chmodSync(open, 0o777);
    const asked = (line: string) =>
      shell(line, { cwd: folder, env: { ...env, XDG_DATA_HOME: join(folder, "open") } });
    const { stdout, stderr, status } = await asked("pwq list");
    expect(stdout).not.toContain("@planted");
    expect([stderr.split("\n")[0], status]).toEqual([
      `warning[PWQ1406]: \`${open}\` can be changed by anybody`,
      0,
    ]);
    expect(await asked("pwq check @planted")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("error[PWQ1406]"),
    });
  });
});

describe("packages", () => {
  test("are packed, added from a file and from npm, listed and removed; no script runs", async () => {
    mkdirSync(join(folder, "checks"));
    const identity = {
      name: "checks",
      version: "1.0.0",
      scripts: { preinstall: "touch ran", prepack: "touch ran", install: "touch ran" },
    };
    writeFileSync(join(folder, "checks/package.json"), JSON.stringify(identity));
    writeFileSync(join(folder, "checks/slow.pwq"), "## Slow answers\ntrace drop\n");
    expect((await pwq("pwq pack checks")).stdout).toMatch(
      /^checks-1\.0\.0\.tgz: checks 1\.0\.0, 1 program, \d+ bytes$/m,
    );
    expect((await pwq("pwq add ./checks-1.0.0.tgz")).stdout).toBe(
      "added checks 1.0.0; nothing of it has run, and before it does you are shown what it may do\n  @checks/slow  Slow answers\n",
    );
    expect((await pwq("pwq list")).stdout).toMatch(
      /^@checks\/slow +Slow answers +\(package checks 1\.0\.0\)$/m,
    );
    expect((await pwq("pwq check @checks/slow")).stdout).toBe("@checks/slow: ok\n");
    expect((await pwq("pwq remove checks")).stdout).toBe("removed checks\n");
    expect((await pwq("pwq check @checks/slow")).status).toBe(2);

    // What stands in for npm insists on the call: a package of the registry, and no scripts.
    mkdirSync(join(folder, "bin"));
    writeFileSync(
      join(folder, "bin/npm"),
      `#!/bin/sh\n[ "$*" = "pack checks@1.0.0 --ignore-scripts --json --pack-destination $6" ] || exit 9\ncp ${folder}/checks-1.0.0.tgz "$6" && printf '[{"filename":"checks-1.0.0.tgz","version":"1.0.0","integrity":"sha512-%s"}]' "$(openssl dgst -sha512 -binary ${folder}/checks-1.0.0.tgz | base64 -w0)"\n`,
      { mode: 0o755 },
    );
    const added = await pwq(`PATH="${folder}/bin:$PATH"; pwq add npm:checks@1.0.0`);
    expect(added).toMatchObject({ status: 0, stderr: "" });
    const lock = JSON.parse(readFileSync(join(folder, "data/pwq/packages.lock.json"), "utf8"));
    expect(lock.packages.checks).toMatchObject({
      resolved: "npm:checks@1.0.0",
      integrity: expect.stringMatching(/^sha512-/),
    });
    expect(readdirSync(folder)).not.toContain("ran");
  });
});
