import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** What a tree holds: a file's content, or the target of a symbolic link. Folders come by themselves. */
type Entry = string | Uint8Array | { readonly link: string };

/** Makes a small file system for one test to stand in for `/`; it goes away with the test. */
export function tree(entries: Readonly<Record<string, Entry>>): string {
  const root = mkdtempSync(join(tmpdir(), "pwq-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  grow(root, entries);
  return root;
}

export function grow(root: string, entries: Readonly<Record<string, Entry>>): void {
  for (const [path, entry] of Object.entries(entries)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof entry === "string" || entry instanceof Uint8Array) writeFileSync(place, entry);
    else symlinkSync(entry.link, place);
  }
}
