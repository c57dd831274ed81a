import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeFileProblem } from "../../src/compiler/check/file-problem.ts";
import { untrusted } from "../../src/library/trust.ts";

it("a folder of the library belongs to root or the user", () => {
  const folder = mkdtempSync(join(tmpdir(), "pwq-library-"));
  const mine = process.getuid!();
  expect(untrusted(folder, [0, mine])).toBeUndefined();
  const problem = untrusted(folder, [mine + 1])!;
  expect(problem).toEqual({ kind: "foreign", what: folder });
  expect(describeFileProblem(problem, "@planted")).toMatchObject({
    code: "PWQ1411",
    message: "`@planted` belongs to another user",
    label: `\`chown root ${folder}\` once you know what is in it`,
  });
  rmSync(folder, { recursive: true });
});
