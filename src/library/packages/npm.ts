import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { checksum, isPackageName, printable } from "./manifest.ts";
import { refusal } from "./refuse.ts";

/** `NAME`, `NAME@1.2.3`, `@scope/NAME@latest`: from a registry. npm would also take folders, addresses and repositories. */
const SPEC = /^((?:@[^@/]+\/)?[^@/]+)(?:@([\w.+-]+))?$/;

/**
 * The archive of a package in npm's registry, by the npm that is installed, with its settings and credentials. Scripts do
 * not run: `npm pack` of a registry's package runs none, and is told not to. Throws PWQ2615, PWQ2611.
 */
export async function fetchFromNpm(
  spec: string,
): Promise<{ readonly archive: Buffer; readonly resolved: string }> {
  const [, name, tag = "latest"] = SPEC.exec(spec) ?? [];
  if (name === undefined || !isPackageName(name))
    throw refusal(
      "PWQ2615",
      `\`npm:${printable(spec)}\` is no package of a registry`,
      "`npm:NAME` or `npm:NAME@VERSION`",
    );
  const folder = mkdtempSync(join(tmpdir(), "pwq-add-"));
  try {
    const args = ["pack", `${name}@${tag}`, "--ignore-scripts", "--json", "--pack-destination", folder];
    const { stdout } = await promisify(execFile)("npm", args, { cwd: folder, timeout: 120_000 });
    const [packed] = JSON.parse(stdout) as readonly {
      filename: string;
      version: string;
      integrity: string;
    }[];
    const archive = readFileSync(join(folder, packed!.filename.replaceAll("/", "-").replace(/^@/, "")));
    if (checksum(archive, "sha512") !== packed!.integrity)
      throw refusal("PWQ2609", `\`npm:${spec}\` is not what the registry says`, packed!.integrity);
    return { archive, resolved: `npm:${name}@${packed!.version}` };
  } catch (error) {
    throw npmFailure(error, spec);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function npmFailure(error: unknown, spec: string): unknown {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  if (code === "ENOENT")
    return refusal("PWQ2611", "npm is not installed", "`apt-get install npm`, or `pwq add ./FILE.tgz`");
  if (stderr === undefined) return error;
  const said = stderr.split("\n").find((line) => /^npm (error|ERR!) (?!code)/.test(line)) ?? "";
  return refusal(
    "PWQ2611",
    `npm cannot get \`${spec}\``,
    printable(said.replace(/^npm (error|ERR!)\s*(\d+ )?/, "")) || undefined,
  );
}
