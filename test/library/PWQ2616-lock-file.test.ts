import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import { Store } from "../../src/library/packages/store.ts";

it.each(["", "{", "[]", "null", '{"lockVersion":2,"packages":{}}', '{"lockVersion":1}'])(
  "%j is no lock file",
  (text) => {
    const folder = mkdtempSync(join(tmpdir(), "pwq-lock-"));
    writeFileSync(join(folder, "packages.lock.json"), text);
    try {
      new Store(folder).lock();
      expect.unreachable();
    } catch (error) {
      expect((error as PwqError).diagnostics.map(({ code }) => code)).toEqual(["PWQ2616"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
