import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { add } from "../../src/library/packages/add.ts";
import { packageOf, programsOf } from "../../src/library/packages/pack.ts";
import { Store } from "../../src/library/packages/store.ts";
import { runCommand } from "../../src/repl/commands.ts";
import { completions } from "../../src/repl/complete.ts";
import { Repl } from "../../src/repl/repl.ts";
import { fixtureFile } from "../fixtures/btf.ts";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pwq-prompt-library-"));
  process.env.XDG_DATA_HOME = join(root, "data");
  mkdirSync(join(root, "data/pwq/library"), { recursive: true });
  writeFileSync(join(root, "data/pwq/library/mine.pwq"), 'use "./part.pwq"\ndef ours = web and ip4\n');
  writeFileSync(join(root, "data/pwq/library/part.pwq"), "def web = tcp.port == 443\n");
  writeFileSync(join(root, "btf"), fixtureFile("6.12.btf"));
  const source = join(root, "source");
  mkdirSync(source);
  writeFileSync(join(source, "package.json"), '{"name":"checks","version":"1.0.0"}');
  writeFileSync(join(source, "all.pwq"), "trace drop\n");
  await add(packageOf(source, programsOf(source), { all: "" }).archive, "file:/x", new Store());
});
afterAll(() => {
  delete process.env.XDG_DATA_HOME;
  rmSync(root, { recursive: true });
});

function prompt(): { readonly repl: Repl; readonly printed: () => string } {
  let text = "";
  const repl = new Repl(
    {
      print(more) {
        text += more;
      },
      screen: () => ({ columns: 80, rows: 24 }),
    },
    { options: { btf: join(root, "btf"), color: "never" }, params: new Map() },
  );
  return { repl, printed: () => text };
}

test.each([
  [".load @mi", ["@mine"]],
  [".canned @rp", ["@rpf"]],
  ['use "@dro', ["@drops"]],
])("%s: Tab completes names of the library", (typed, offered) => {
  expect(completions(typed, prompt().repl)[0].map((word) => word.replace(/"$/, ""))).toEqual(offered);
});

test(".load @name enters what it says, with what it uses from beside it", async () => {
  const { repl, printed } = prompt();
  runCommand(repl, "load", "@mine", () => {});
  await repl.settled;
  expect(printed()).toBe("");
  expect(repl.kept.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^use ".*part\.pwq"$/),
    "def ours = web and ip4",
  ]);
});

test("a package that nobody has agreed to run is not entered", () => {
  const { repl, printed } = prompt();
  runCommand(repl, "load", "@checks/all", () => {});
  expect(printed()).toContain(
    "error[PWQ2614]: nobody has agreed to run the package `checks`\n   = `pwq run @checks/all`",
  );
});
