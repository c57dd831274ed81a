import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { add } from "../../library/packages/add.ts";
import { queryName } from "../../library/packages/installed.ts";
import { printable } from "../../library/packages/manifest.ts";
import { fetchFromNpm } from "../../library/packages/npm.ts";
import { Store } from "../../library/packages/store.ts";
import { systemReason } from "../../runtime/system-error.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { alignedLines } from "../lines.ts";
import { STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq add ./FILE.tgz|npm:NAME`: installs a package for this user. Nothing of it runs. */
export async function run(call: Call): Promise<number> {
  const [given = ""] = wordsOf(call, 1);
  const { archive, resolved } = given.startsWith("npm:")
    ? await fetchFromNpm(given.slice(4))
    : fromFile(given);
  const { manifest, before } = await add(archive, resolved, new Store());
  const { name, version, pwq } = manifest;
  const rows = Object.entries(pwq.queries).map(([query, title]) => [
    queryName(name, query),
    printable(title),
  ]);
  const instead = before === undefined || before === version ? "" : ` instead of ${before}`;
  print(
    `added ${name} ${version}${instead}; nothing of it has run, and before it does you are shown what it may do\n`,
  );
  print(`${alignedLines(rows, "  ").join("\n")}\n`);
  return STATUS.done;
}

function fromFile(path: string): { readonly archive: Buffer; readonly resolved: string } {
  if (!/^\.{0,2}\/|\.tgz$/.test(path)) {
    throw fail({
      code: "PWQ2615",
      message: path === "" ? "add which package?" : `\`${path}\` is no package`,
      label: "`pwq add ./FILE.tgz`, or `pwq add npm:NAME`",
    });
  }
  try {
    return { archive: readFileSync(path), resolved: `file:${resolve(path)}` };
  } catch (error) {
    throw fail({
      code: "PWQ2605",
      message: `\`${path}\` cannot be read`,
      label: existsSync(path) ? systemReason(error) : "it is not there",
    });
  }
}
