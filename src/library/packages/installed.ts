import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileProblem } from "../../compiler/check/loader.ts";
import { userData } from "../shelves.ts";
import { untrusted } from "../trust.ts";
import { checksum } from "./manifest.ts";
import { type Locked, Store } from "./store.ts";

/** A query of an installed package, `@PACKAGE/QUERY`. */
export interface Installed {
  /** With its `@`; a package with a scope has one already. */
  readonly name: string;
  readonly path: string;
  readonly package: string;
  readonly locked: Locked;
  readonly store: Store;
}

export const queryName = (packaged: string, query: string): string =>
  `@${packaged.replace(/^@/, "")}/${query}`;

/** All of them: what the lock files name. */
export function installed(folders: readonly string[] = userData()): readonly Installed[] {
  return folders.flatMap((folder) => {
    const store = new Store(folder);
    if (!existsSync(store.packages)) return [];
    return Object.entries(store.lock().packages).flatMap(([name, locked]) =>
      Object.keys(locked.queries).map((query) => ({
        name: queryName(name, query),
        path: join(store.folderOf(name), `${query}.pwq`),
        package: name,
        locked,
        store,
      })),
    );
  });
}

/** Why a package is not what was installed, or could be changed by others; undefined: nothing is wrong. */
export function tampered({ package: name, locked, store }: Installed): FileProblem | undefined {
  const folder = store.folderOf(name);
  if (!existsSync(folder)) return { kind: "changed" };
  const wrong = untrusted(folder);
  if (wrong) return wrong;
  const same = Object.entries(locked.files).every(([path, sum]) => {
    try {
      return checksum(readFileSync(join(folder, path))) === sum;
    } catch {
      return false; // it is gone
    }
  });
  return same ? undefined : { kind: "changed" };
}

/** Stands for the content of all programs of a package: what was agreed to holds for these bytes. */
export const digestOf = ({ package: name, locked }: Installed): string =>
  checksum(
    Buffer.from(JSON.stringify([name, Object.entries(locked.files).sort(([a], [b]) => (a < b ? -1 : 1))])),
  );
