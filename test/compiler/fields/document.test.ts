import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fieldsDocument } from "../../../src/compiler/fields/document.ts";

it("docs/fields.md is what the table makes of it", () => {
  const written = readFileSync(new URL("../../../docs/fields.md", import.meta.url), "utf8");
  expect(written, "run `node scripts/fields.mjs`").toBe(fieldsDocument());
});
