import { chmodSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { historyFile, prepareHistory } from "../../src/repl/history.ts";

test("lies where the user's state does", () => {
  expect(historyFile({ XDG_STATE_HOME: "/state" }, "/home/me")).toBe("/state/pwq/history");
  expect(historyFile({}, "/home/me")).toBe("/home/me/.local/state/pwq/history");
  expect(historyFile({ XDG_STATE_HOME: "relative" }, "/home/me")).toBe("/home/me/.local/state/pwq/history");
});

test("nobody else can read it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "pwq-history-")), "pwq", "history");
  expect(prepareHistory(file)).toBe(true);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  writeFileSync(file, "trace drop\n");
  chmodSync(file, 0o644);
  prepareHistory(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a place that cannot be written is no error", () => {
  expect(prepareHistory("/dev/null/pwq/history")).toBe(false);
});
