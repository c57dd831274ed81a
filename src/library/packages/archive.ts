import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type * as Tar from "tar";
import { MAX_PROGRAM_BYTES } from "../../compiler/check/loader.ts";
import { printable, SAFE_PATH } from "./manifest.ts";
import { refusal } from "./refuse.ts";

/** Required when a package is met: the bundle does not carry it, and other calls need not load it. */
export const tar = (): typeof Tar => createRequire(import.meta.url)("tar") as typeof Tar;

/** Of a package: some hundred queries with their texts. What is larger is none, or wants to fill the disk. */
export const MAX_ARCHIVE_BYTES = 4 << 20;
const MAX_UNPACKED_BYTES = 16 << 20;
const MAX_ENTRIES = 1000;
/** npm puts everything into a folder of this name. */
const ROOT = "package/";
/** What is taken out of an archive; programs of other kinds that a package may carry are left in it. */
const KEPT = /^package\.json$|\.pwq$|^(README|LICENSE|LICENCE|CHANGELOG)[\w.]*$/i;

/**
 * The files of a package by their paths in it. Nothing is written: an archive is only believed when all of it was looked
 * at. Throws PWQ2605 (no archive), PWQ2606 (an entry that could reach elsewhere, or is there twice), PWQ2607 (too large).
 */
export async function readArchive(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  if (bytes.length > MAX_ARCHIVE_BYTES) throw tooLarge("the archive", bytes.length, MAX_ARCHIVE_BYTES);
  const files = new Map<string, Buffer>();
  const { Parser } = tar();
  let entries = 0;
  let fault: unknown;
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      const chunks: Buffer[] = [];
      try {
        if (++entries > MAX_ENTRIES)
          throw refusal("PWQ2607", "the archive has too many entries", `at most ${MAX_ENTRIES}`);
        const path = pathOf(entry.path, entry.type);
        if (path !== undefined) {
          if (files.has(path)) throw refusal("PWQ2606", `\`${path}\` is in the archive twice`);
          if (entry.size > MAX_PROGRAM_BYTES) throw tooLarge(`\`${path}\``, entry.size, MAX_PROGRAM_BYTES);
          files.set(path, Buffer.alloc(0));
          entry.on("data", (chunk: Buffer) => chunks.push(chunk));
          entry.on("end", () => files.set(path, Buffer.concat(chunks)));
        }
      } catch (error) {
        fault ??= error;
      }
      entry.resume();
    },
  });
  const unpacked = unzip(bytes);
  await new Promise<void>((done) => {
    parser.on("end", done);
    parser.on("error", (error: Error) => {
      fault ??= notAnArchive(error.message);
      done();
    });
    parser.end(unpacked);
  });
  if (fault !== undefined) throw fault;
  if (entries === 0) throw notAnArchive("it is empty");
  return new Map([...files].filter(([path]) => KEPT.test(path)));
}

function unzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw refusal("PWQ2607", "what is in the archive is too large", "at most 16 MiB");
    throw notAnArchive(message);
  }
}

/** Where an entry belongs in the package; undefined for its folders. */
function pathOf(path: string, type: string): string | undefined {
  if (type !== "File" && type !== "OldFile" && type !== "Directory")
    throw refusal(
      "PWQ2606",
      `\`${printable(path)}\` in the archive is a ${kind(type)}`,
      "a package has files and folders only",
    );
  const inside = path.startsWith(ROOT) ? path.slice(ROOT.length).replace(/\/$/, "") : undefined;
  if (inside === "" && type === "Directory") return undefined;
  if (inside === undefined || !isSafe(inside))
    throw refusal(
      "PWQ2606",
      `\`${printable(path)}\` is no path that a package may have`,
      "all lies below `package/`, by plain names",
    );
  return type === "Directory" ? undefined : inside;
}

/** Files that stay in the archive may have names as they like, as long as they lie in it. */
function isSafe(path: string): boolean {
  if (KEPT.test(path)) return SAFE_PATH.test(path);
  return (
    !path.includes("\0") && !path.split("/").some((part) => part === "" || part === "." || part === "..")
  );
}

const kind = (type: string): string =>
  ({
    SymbolicLink: "symbolic link",
    Link: "hard link",
    CharacterDevice: "device",
    BlockDevice: "device",
    FIFO: "pipe",
  })[type] ?? `thing of another kind (${printable(type)})`;

const notAnArchive = (reason: string): ReturnType<typeof refusal> =>
  refusal("PWQ2605", "this is no package: it cannot be unpacked", printable(reason));

const tooLarge = (what: string, bytes: number, most: number): ReturnType<typeof refusal> =>
  refusal(
    "PWQ2607",
    `${what} is too large`,
    `${bytes.toLocaleString("en")} bytes; at most ${most >> 20} MiB`,
  );
