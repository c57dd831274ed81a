import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/repl/commands.ts";
import { lastRun } from "../../src/repl/last-run.ts";
import { Repl } from "../../src/repl/repl.ts";
import { clock } from "../../src/runtime/clock.ts";
import { type DecodeContext, NO_NAMES } from "../../src/runtime/decode/context.ts";
import { fixtureFile } from "../fixtures/btf.ts";

const FOLDER = join(import.meta.dirname, "errors");

const NOTHING: DecodeContext = {
  points: [],
  clock: clock(0n, 0n),
  names: NO_NAMES,
  reasonType: { kind: "bool" },
};

/** `PWQ5001-….lines` is typed at the prompt of a machine without tracing; UPDATE=1 writes the `.golden` of what it prints. */
describe("what is wrong at the prompt", () => {
  test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".lines")))("%s", async (name) => {
    let got = "";
    const scratch = mkdtempSync(join(tmpdir(), "pwq-prompt-"));
    const btf = join(scratch, "btf");
    writeFileSync(btf, fixtureFile("6.12.btf"));
    const repl = new Repl(
      {
        print(text) {
          got += text;
        },
        screen: () => ({ columns: 80, rows: 24 }),
      },
      { options: { btf, color: "never" }, params: new Map() },
    );
    if (name.includes("after-a-trace")) repl.last = lastRun("trace drop", [], NOTHING);
    for (const line of readFileSync(join(FOLDER, name), "utf8")
      .replaceAll("$SCRATCH", scratch)
      .trimEnd()
      .split("\n")) {
      const [, command, rest = ""] = /^\.(\w+)\s*(.*)$/.exec(line) ?? [];
      got += `pwq> ${line}\n`;
      if (command === undefined) repl.enter(line);
      else runCommand(repl, command, rest, () => {});
      await repl.settled;
    }
    got = got.replaceAll(scratch, "$SCRATCH");
    const golden = join(FOLDER, name.replace(/\.lines$/, ".golden"));
    if (process.env.UPDATE) writeFileSync(golden, got);
    expect(got).toBe(readFileSync(golden, "utf8"));
    expect(got).toContain(`[${name.slice(0, "PWQ5001".length)}]`);
  });
});
