import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, build } from "./build.ts";
import { shell } from "./pwq.ts";

const FOLDER = join(import.meta.dirname, "errors");
const calls = readdirSync(FOLDER).filter((name) => name.endsWith(".args"));

beforeAll(build, BUILD_MS);

/** `PWQ2001-….args` is a call, `PWQ2001-….golden` what it prints on standard error; UPDATE=1 writes the latter. */
describe.concurrent("wrong calls", () => {
  test.each(calls)("%s", async (name) => {
    const { stdout, stderr, status } = await shell(readFileSync(join(FOLDER, name), "utf8"));
    const golden = join(FOLDER, name.replace(/\.args$/, ".golden"));
    const got = `${stderr}exit status ${status}\n`;
    if (process.env.UPDATE) writeFileSync(golden, got);
    expect(got).toBe(readFileSync(golden, "utf8"));
    expect(stderr).toContain(`[${name.slice(0, "PWQ2001".length)}]`);
    expect(stdout).toBe("");
  });
});
