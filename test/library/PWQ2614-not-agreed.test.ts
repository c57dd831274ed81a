import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCall } from "../../src/cli/call.ts";
import { requireAgreed, requireConsent } from "../../src/cli/consent.ts";
import { readProgram } from "../../src/cli/program.ts";
import type { PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import { add } from "../../src/library/packages/add.ts";
import { packageOf, programsOf } from "../../src/library/packages/pack.ts";
import { Store } from "../../src/library/packages/store.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pwq-agree-"));
  process.env.XDG_DATA_HOME = join(root, "data");
  const source = join(root, "source");
  mkdirSync(source);
  writeFileSync(join(source, "package.json"), '{"name":"checks","version":"1.0.0"}');
  writeFileSync(join(source, "all.pwq"), "## Drops\ntrace drop\n");
  await add(packageOf(source, programsOf(source), { all: "Drops" }).archive, "file:/x", new Store());
});
afterAll(() => {
  delete process.env.XDG_DATA_HOME;
  rmSync(root, { recursive: true });
});

const attempt = async (...words: string[]): Promise<readonly (string | undefined)[]> => {
  const call = parseCall(["run", "@checks/all", ...words])!;
  try {
    await requireConsent(call, readProgram(call), fixtureFacts("6.12"), async () => false);
    return [];
  } catch (error) {
    return (error as PwqError).diagnostics.flatMap(({ code, label }) => [code, label]);
  }
};

it("a package that nobody agreed to does not run where nobody can be asked, until --yes is said", async () => {
  expect(() => requireAgreed("@checks/all")).toThrow();
  expect(await attempt("--for", "1s", "--", "true")).toEqual([
    "PWQ2614",
    "pwq run @checks/all --for 1s --yes -- true",
  ]);
  expect(await attempt("--yes")).toEqual([]);
  expect(await attempt()).toEqual([]);
  expect(() => requireAgreed("@checks/all")).not.toThrow();
});
