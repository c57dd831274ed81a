import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { build } from "../cli/build.ts";
import { Terminal } from "./terminal.ts";
import { matched, play, readWalkthrough } from "./walkthrough.ts";

const missing =
  process.getuid?.() !== 0
    ? "needs root"
    : ["tmux", "unshare", "nsenter", "ip"]
        .map((tool) => `${tool} is not installed`)
        .find(
          (words) =>
            !(process.env.PATH ?? "")
              .split(delimiter)
              .some((dir) => existsSync(join(dir, words.split(" ")[0]!))),
        );
const PWQ = join(process.cwd(), "dist/pwq");

let terminal: Terminal | undefined;
beforeAll(build, 120_000);
afterEach(() => terminal?.close());

test("what is compared: times and addresses differ, what is left out is anything, the rest is as it is", () => {
  const page = ["a", "21:08:22.145410  x+0x4bc", "…", "b …"];
  expect(matched(["", "a", "01:02:03.000004  x+0x1", "what", "ever", "b c"], 1, page)).toBe(5);
  expect(matched(["a", "01:02:03.000004  y+0x1", "b c"], 0, page)).toBeUndefined();
  expect(matched(["a", "01:02:03.000004  x+0x1", "what"], 0, page)).toBeUndefined();
});

test("the page has a walk-through", () => {
  const kinds = readWalkthrough().map(({ kind }) => kind);
  for (const kind of ["typed", "shown", "shell", "script"]) expect(kinds).toContain(kind);
  expect(kinds.length).toBeGreaterThan(12);
});

describe.skipIf(missing !== undefined)(
  missing ? `docs/repl.md (skipped: ${missing})` : "docs/repl.md",
  { timeout: 300_000 },
  () => {
    test("from an empty prompt to a saved script that finds the fault, on this kernel", async () => {
      const alone = `exec unshare -n bash -c 'ip link set lo up; exec "${PWQ}"'`;
      terminal = new Terminal(alone, { columns: 180, rows: 60 });
      await terminal.until(/pwq>$/);
      await play(readWalkthrough(), { terminal, pwq: PWQ });
    });
  },
);
