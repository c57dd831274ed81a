import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { running } from "./running.ts";

const here = join(import.meta.dirname, "errors");

/** `PWQ4001-NAME.pwq` is run over three events; `PWQ4001-NAME.golden` is what is drawn. UPDATE=1 writes the latter. */
describe("errors of running hooks, as they are drawn", () => {
  const programs = readdirSync(here).filter((name) => name.endsWith(".pwq"));
  test.each(programs)("%s", async (name) => {
    const time = name.startsWith("PWQ4002") ? 200 : 5000;
    const trace = await running(readFileSync(join(here, name), "utf8"), {
      limits: { memory: 32 * 1024 * 1024, time },
    });
    trace.events({}, {}, {});
    const drawn = trace.faults.join("\n");
    const golden = join(here, name.replace(/\.pwq$/, ".golden"));
    if (process.env.UPDATE) writeFileSync(golden, drawn);
    expect(drawn).toBe(readFileSync(golden, "utf8"));
    expect(drawn).toContain(`error[${name.slice(0, 7)}]`);
  });
});
