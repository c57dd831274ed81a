import type { Source } from "../source.ts";

/**
 * How `use` gets at files. The compiler touches no disk: the front door gives it a loader
 * (`src/runtime/files.ts`), a test one over a map.
 */
export interface Loader {
  /** A name that two ways of writing the same file share; undefined for a text that is no file. */
  identity(source: Source): string | undefined;
  /** Reads what `path` (`./x.pwq`, `@name`) means in a file named `from`. */
  load(path: string, from: Source): Loaded;
}

export type Loaded =
  | { readonly source: Source; readonly identity: string }
  | { readonly problem: FileProblem; readonly name: string };

/** Why a file cannot be used. `name` beside it says which, as it would be shown. */
export type FileProblem =
  | { readonly kind: "missing" }
  | { readonly kind: "folder" }
  | { readonly kind: "too-large"; readonly bytes: number }
  /** `offset`: of the first byte that is not UTF-8. */
  | { readonly kind: "not-utf8"; readonly offset: number }
  /** `what`: the file itself or the folder it is in. */
  | { readonly kind: "world-writable"; readonly what: string }
  /** `what`: a file or folder of the library that belongs to neither root nor the user. */
  | { readonly kind: "foreign"; readonly what: string }
  /** Of an installed package that is not what was installed. */
  | { readonly kind: "changed" }
  /** A file of a package that uses one outside of it. */
  | { readonly kind: "outside" }
  /** A device, a pipe, a socket. */
  | { readonly kind: "not-regular" }
  | { readonly kind: "unreadable"; readonly reason: string }
  /** `@name` with no such name; `known` are the names there are. */
  | { readonly kind: "not-in-library"; readonly known: readonly string[] }
  | { readonly kind: "not-a-path" };

/** The largest program: far beyond what anybody writes, small enough to read without thinking. */
export const MAX_PROGRAM_BYTES = 1 << 20;
