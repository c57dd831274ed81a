import { readArchive } from "./archive.ts";
import { checksum, type Manifest, readManifest } from "./manifest.ts";
import { refusal } from "./refuse.ts";
import type { Store } from "./store.ts";

/** What was installed, and what was there before. */
export interface Added {
  readonly manifest: Manifest;
  readonly integrity: string;
  readonly before?: string;
}

/**
 * Installs a package from its archive. Nothing of it runs: texts are looked at and written to a folder. Throws what is
 * wrong with the archive or the manifest, and PWQ2609 where a program is not what the manifest says.
 */
export async function add(archive: Uint8Array, resolved: string, store: Store): Promise<Added> {
  const files = await readArchive(archive);
  const text = files.get("package.json");
  if (!text)
    throw refusal("PWQ2608", "the archive has no package.json", "`pwq pack` makes packages of queries");
  const manifest = readManifest(text.toString("utf8"));
  verify(files, manifest.pwq.files);
  const { name, version, pwq } = manifest;
  const before = store.lock().packages[name]?.version;
  const integrity = checksum(archive, "sha512");
  store.replace(name, {
    files,
    locked: { version, resolved, integrity, queries: pwq.queries, files: pwq.files },
  });
  return { manifest, integrity, ...(before !== undefined && { before }) };
}

/** The programs of the archive are those of the manifest, neither more nor others. */
function verify(files: ReadonlyMap<string, Buffer>, told: Readonly<Record<string, string>>): void {
  for (const [path, sum] of Object.entries(told)) {
    const bytes = files.get(path);
    if (!bytes) throw refusal("PWQ2609", `\`${path}\` is in the manifest, but not in the archive`);
    if (checksum(bytes) !== sum)
      throw refusal(
        "PWQ2609",
        `\`${path}\` is not what the manifest says`,
        `its checksum is ${checksum(bytes)}`,
      );
  }
  const more = [...files.keys()].find((path) => path.endsWith(".pwq") && !(path in told));
  if (more !== undefined) throw refusal("PWQ2609", `\`${more}\` is in the archive, but not in the manifest`);
}
