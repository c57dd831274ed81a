import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import own from "../../../package.json" with { type: "json" };
import { tar } from "./archive.ts";
import { checksum, identityOf, type Manifest, SAFE_PATH } from "./manifest.ts";
import { refusal } from "./refuse.ts";

/** A program of a package to be, and what it says. */
export interface Packed {
  readonly path: string;
  readonly text: string;
}

/** The programs of a folder, and of folders in it. Throws PWQ2603 if there are none, PWQ2606 for names that a package cannot have. */
export function programsOf(folder: string): readonly Packed[] {
  let found: readonly string[];
  try {
    found = walk(folder, "").filter((path) => path.endsWith(".pwq"));
  } catch {
    throw refusal("PWQ2603", `\`${folder}\` is no folder that can be read`);
  }
  if (found.length === 0)
    throw refusal(
      "PWQ2603",
      `there is nothing to pack in \`${folder}\``,
      "a package is made of files whose names end in `.pwq`",
    );
  const odd = found.find((path) => !SAFE_PATH.test(path));
  if (odd !== undefined)
    throw refusal(
      "PWQ2606",
      `\`${odd}\` is no path that a package may have`,
      "letters, digits, `-`, `_` and `.`",
    );
  return found.map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
}

/** Name and version, from the folder's package.json; throws PWQ2602 if there is none. */
export function identityIn(folder: string): ReturnType<typeof identityOf> {
  const file = join(folder, "package.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw refusal(
      "PWQ2602",
      `\`${folder}\` has no package.json`,
      `it needs \`{ "name": "${basename(resolve(folder)).toLowerCase()}", "version": "1.0.0" }\``,
    );
  }
  return identityOf(text, file);
}

/**
 * The archive of a package, the same bytes for the same folder. `titles`: of the programs that are queries; they lie in the
 * folder itself, what they use may lie below it. Scripts that a package.json may have are left out.
 */
export function packageOf(
  folder: string,
  programs: readonly Packed[],
  titles: Readonly<Record<string, string>>,
): { readonly manifest: Manifest; readonly archive: Buffer } {
  const manifest: Manifest = {
    ...identityIn(folder),
    pwq: {
      needs: own.version,
      queries: titles,
      files: Object.fromEntries(programs.map(({ path, text }) => [path, checksum(Buffer.from(text))])),
    },
  };
  const texts = readdirSync(folder).filter((name) =>
    /^(README|LICENSE|LICENCE|CHANGELOG)[\w.]*$/i.test(name),
  );
  const files = new Map<string, string | Buffer>([
    ["package.json", `${JSON.stringify({ ...manifest, keywords: ["pwq"] }, null, 2)}\n`],
    ...programs.map(({ path, text }) => [path, text] as const),
    ...texts.map((name) => [name, readFileSync(join(folder, name))] as const),
  ]);
  return { manifest, archive: archived(files) };
}

function archived(files: ReadonlyMap<string, string | Buffer>): Buffer {
  const staging = mkdtempSync(join(tmpdir(), "pwq-pack-"));
  try {
    for (const [path, content] of files) {
      mkdirSync(join(staging, "package", dirname(path)), { recursive: true });
      writeFileSync(join(staging, "package", path), content, { mode: 0o644 });
    }
    const file = join(staging, "archive.tgz");
    const names = [...files.keys()].map((path) => `package/${path}`).sort();
    // npm's own date, so that the same files make the same archive.
    const mtime = new Date("1985-10-26T08:15:00.000Z");
    tar().create({ sync: true, gzip: true, portable: true, mtime, cwd: staging, file, follow: false }, names);
    return readFileSync(file);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Paths of ordinary files, in the order of the alphabet; hidden ones and dependencies are not part of a package. */
function walk(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below))
    .filter((name) => !name.startsWith(".") && name !== "node_modules")
    .sort()
    .flatMap((name) => {
      const path = below === "" ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) return walk(folder, path);
      return stat.isFile() ? [path] : [];
    });
}
