import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { FileProblem } from "../compiler/check/loader.ts";
import type { Library } from "../runtime/files.ts";
import { type Shelf, shelves } from "./shelves.ts";
import { untrusted } from "./trust.ts";

/** A program of the library. */
export interface Entry {
  /** `@drops` */
  readonly name: string;
  readonly path: string;
  readonly of: Shelf["of"];
}

export interface OpenLibrary extends Library {
  readonly entries: () => readonly Entry[];
  /** Folders from which nothing is taken. */
  readonly refused: () => readonly { readonly folder: string; readonly problem: FileProblem }[];
}

const ENDING = ".pwq";

/** The programs that can be addressed as `@name`: of several with one name that of the first folder. */
export function openLibrary(from: readonly Shelf[] = shelves()): OpenLibrary {
  const all = from.filter(({ folder }) => existsSync(folder));
  const problems = new Map(all.map((shelf) => [shelf, problemOf(shelf, shelf.folder)]));
  const trusted = all.filter((shelf) => problems.get(shelf) === undefined);
  const names = (): readonly string[] => entriesOf(trusted).map(({ name }) => name);
  return {
    names,
    entries: () => entriesOf(trusted),
    refused: () =>
      all.flatMap((shelf) => {
        const problem = problems.get(shelf);
        return problem ? [{ folder: shelf.folder, problem }] : [];
      }),
    locate(name) {
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
