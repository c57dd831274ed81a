import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keptAfter } from "../../src/repl/composed.ts";
import type { Kept } from "../../src/repl/kept.ts";
import { movedUses, saveScript, scriptText } from "../../src/repl/save.ts";
import { NO_SETTINGS } from "../../src/repl/settings.ts";

const kept = ["def dns = udp.port == $p", 'param p: port = 53 "the port"', 'use "./common.pwq"'].reduce(
  keptAfter,
  [] as readonly Kept[],
);

test("a script says everything in the order in which it is read", () => {
  expect(scriptText({ kept, query: "trace skb where dns", settings: NO_SETTINGS }, "x.pwq", "/here")).toBe(
    `#!/usr/bin/env -S pwq run

use "./common.pwq"
param p: port = 53 "the port"
def dns = udp.port == $p
trace skb where dns
`,
  );
});

test("files that are used are found from where the script is", () => {
  const text = scriptText({ kept, settings: NO_SETTINGS }, "/there/sub/x.pwq", "/here");
  expect(text).toContain('use "../../here/common.pwq"');
  expect(movedUses('use "./a.pwq"\nuse "@drops"\ntrace drop', "/there/x.pwq", "/here")).toBe(
    'use "../there/a.pwq"\nuse "@drops"\ntrace drop',
  );
});

test("what only the call can say is written beside it", () => {
  const settings = {
    options: { backend: "tracepoint", for: 1_500_000_000n, modules: [] } as const,
    params: new Map([["p", "5353"]]),
  };
  expect(scriptText({ kept: [], query: "trace drop", settings }, "x.pwq", "/here")).toContain(
    "# As it was run: pwq run x.pwq p=5353 --backend tracepoint --modules none --for 1500000000ns\n",
  );
});

test("the file can be executed, and none is overwritten", () => {
  const file = join(mkdtempSync(join(tmpdir(), "pwq-save-")), "x.pwq");
  saveScript(file, "#!/bin/echo\n");
  expect(statSync(file).mode & 0o777).toBe(0o755);
  expect(execFileSync(file, { encoding: "utf8" })).toBe(`${file}\n`);
  expect(() => saveScript(file, "other")).toThrow("PWQ5003");
  expect(readFileSync(file, "utf8")).toBe("#!/bin/echo\n");
});
