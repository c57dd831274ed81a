import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { commandHelp, generalHelp, shortHelp } from "../../src/cli/help.ts";
import { version } from "../../src/cli/version.ts";

const FOLDER = join(import.meta.dirname, "help");

const PAGES: ReadonlyMap<string, string> = new Map([
  ["pwq", shortHelp()],
  ["pwq-help", generalHelp()],
  ...COMMANDS.map((command) => [`pwq-help-${command.name}`, commandHelp(command)] as const),
]);

/** `help/PAGE.golden` is what is printed; UPDATE=1 writes it. */
describe("help pages", () => {
  test.each([...PAGES])("%s", (name, text) => {
    const path = join(FOLDER, `${name}.golden`);
    const page = text.replaceAll(version, "VERSION");
    if (process.env.UPDATE || (!existsSync(path) && !process.env.CI)) writeFileSync(path, page);
    expect(page, "run `UPDATE=1 npx vitest run test/cli/help.test.ts`").toBe(readFileSync(path, "utf8"));
    for (const line of page.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
  test("there is a page for each golden file", () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...PAGES.keys()].map((name) => `${name}.golden`).sort());
  });
});
