import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { FileProblem } from "../compiler/check/loader.ts";
import type { Library } from "../runtime/files.ts";
import { type Installed, installed, tampered } from "./packages/installed.ts";
import { type Shelf, shelves } from "./shelves.ts";
import { untrusted } from "./trust.ts";

/** A program of the library. */
export interface Entry {
  /** `@drops` */
  readonly name: string;
  readonly path: string;
  /** Whose: of a package, `NAME VERSION`. */
  readonly of: Shelf["of"] | `package ${string}`;
}

export interface OpenLibrary extends Library {
  readonly entries: () => readonly Entry[];
  /** Folders from which nothing is taken. */
  readonly refused: () => readonly { readonly folder: string; readonly problem: FileProblem }[];
}

const ENDING = ".pwq";

/** The programs that can be addressed as `@name`: of several with one name that of the first folder. */
export function openLibrary(
  from: readonly Shelf[] = shelves(),
  packages: () => readonly Installed[] = installed,
): OpenLibrary {
  const all = from.filter(({ folder }) => existsSync(folder));
  const problems = new Map(all.map((shelf) => [shelf, problemOf(shelf, shelf.folder)]));
  const trusted = all.filter((shelf) => problems.get(shelf) === undefined);
  const entries = (): readonly Entry[] => [
    ...entriesOf(trusted),
    ...packages().map(({ name, path, package: of, locked }) => ({
      name,
      path,
      of: `package ${of} ${locked.version}` as const,
    })),
  ];
  const names = (): readonly string[] => entries().map(({ name }) => name);
  return {
    names,
    entries,
    refused: () =>
      all.flatMap((shelf) => {
        const problem = problems.get(shelf);
        return problem ? [{ folder: shelf.folder, problem }] : [];
      }),
    locate(name) {
      if (name.includes("/")) return locatePackaged(name, packages(), names);
      // Looked up, not put together: a name with `/..` in it is none.
      const found = all
        .map((shelf) => ({ shelf, entry: entriesOf([shelf]).find((entry) => entry.name === name) }))
        .find(({ entry }) => entry !== undefined);
      if (!found) return { problem: { kind: "not-in-library", known: names() } };
      const { path } = found.entry!;
      const problem = problems.get(found.shelf) ?? problemOf(found.shelf, path);
      return problem ? { problem } : { path };
    },
  };
}

/** `@PACKAGE/QUERY`, if the package is what was installed. */
function locatePackaged(
  name: string,
  packages: readonly Installed[],
  known: () => readonly string[],
): ReturnType<Library["locate"]> {
  const found = packages.find((each) => each.name === name);
  if (!found) return { problem: { kind: "not-in-library", known: known() } };
  const problem = tampered(found);
  return problem ? { problem } : { path: found.path, within: found.store.folderOf(found.package) };
}

/** Who can change what is shipped can change pwq itself; there is nothing to be won by asking whose it is. */
const problemOf = ({ of }: Shelf, path: string): FileProblem | undefined =>
  of === "pwq" ? undefined : untrusted(path);

function entriesOf(some: readonly Shelf[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { folder, of } of some) {
    for (const file of filesIn(folder)) {
      const name = `@${basename(file, ENDING)}`;
      if (!entries.has(name)) entries.set(name, { name, path: join(folder, file), of });
    }
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(ENDING));
  } catch {
    return []; // it cannot be read: its names are unknown
  }
}
