import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** This module is one folder below the package's root, as a source file and bundled. */
let root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A file that is shipped with the program, by its path from the package's root. */
export const packaged = (path: string): string => join(root, path);

/** For a program that was put together elsewhere, or earlier, than it runs. */
export function placePackage(at: string): void {
  root = at;
}
