import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { describeFileProblem } from "../compiler/check/file-problem.ts";
import { type FileProblem, type Loaded, type Loader, MAX_PROGRAM_BYTES } from "../compiler/check/loader.ts";
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { Source } from "../compiler/source.ts";

/** Reads the program named on the command line. Throws PwqError (PWQ1401 to PWQ1409) if it cannot be one. */
export function readProgram(path: string): Source {
  const read = readText(path);
  if (typeof read === "string") return { name: path, text: read };
  const { code, message, label } = describeFileProblem(read, path);
  throw new PwqError([{ code, severity: "error", message, ...(label === undefined ? {} : { label }) }]);
}

/** Where `@name` comes from (src/library). */
export interface Library {
  /** All names there are, with their `@`. */
  readonly names: () => readonly string[];
  /** The file of `@name`, or why there is none that can be taken. */
  readonly locate: (name: string) => Located | { readonly problem: FileProblem };
}

interface Located {
  readonly path: string;
  /** The folder that the program, and what it uses, has to stay in: of an installed package. */
  readonly within?: string;
}

/** What `use` reads: files relative to the one that uses them, and `@name` from the library. */
export function fileLoader(library: Library): Loader {
  /** A program of the library is shown by its name; what it uses lies beside its file. */
  const placeOf = ({ name }: Source): Located => {
    const located = name.startsWith("@") ? library.locate(name) : undefined;
    return located && "path" in located ? located : { path: name, ...within.get(name) };
  };
  /** Of files that files of a package use. */
  const within = new Map<string, Pick<Located, "within">>();
  return {
    identity: (source) => realPath(placeOf(source).path),
    load: (path, from) => {
      if (path.startsWith("@")) return loadFromLibrary(path, library);
      if (!/^(\.{1,2}\/|\/)/.test(path)) return { problem: { kind: "not-a-path" }, name: path };
      const place = placeOf(from);
      const name = isAbsolute(path) ? path : join(dirname(place.path), path);
      if (place.within === undefined) return loadFile(name);
      if (!(realPath(name) ?? resolve(name)).startsWith(`${realPath(place.within)}/`))
        return { problem: { kind: "outside" }, name: path };
      within.set(name, { within: place.within });
      return loadFile(name);
    },
  };
}

function loadFromLibrary(name: string, library: Library): Loaded {
  const located = library.locate(name);
  if ("problem" in located) return { problem: located.problem, name };
  const loaded = loadFile(located.path);
  return "problem" in loaded ? { ...loaded, name } : { ...loaded, source: { ...loaded.source, name } };
}

function loadFile(name: string): Loaded {
  const read = readText(name);
  if (typeof read !== "string") return { problem: read, name };
  const open = anybodyCanChange(name);
  if (open !== undefined) return { problem: { kind: "world-writable", what: open }, name };
  return { source: { name, text: read }, identity: realPath(name) ?? resolve(name) };
}

function realPath(name: string): string | undefined {
  try {
    return realpathSync(name);
  } catch {
    return undefined; // not a file: `<query>`
  }
}

const OTHERS_MAY_WRITE = 0o002;

/** The file or folder through which any user could change what is read, if there is one. The sticky bit does not help:
 * with it others cannot replace a file, but they can put one where there was none. */
function anybodyCanChange(name: string): string | undefined {
  const real = realpathSync(name);
  const places = [real, dirname(real), dirname(resolve(name))];
  return places.find((place) => (statSync(place).mode & OTHERS_MAY_WRITE) !== 0);
}

/** The text of a file, or why it is none. Never waits: a pipe is refused, not read. */
function readText(path: string): string | FileProblem {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (stat.isDirectory()) return { kind: "folder" };
      if (!stat.isFile()) return { kind: "not-regular" };
      if (stat.size > MAX_PROGRAM_BYTES) return { kind: "too-large", bytes: stat.size };
      return decodeProgram(readAtMost(fd, MAX_PROGRAM_BYTES + 1));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
    if (code === "ENXIO" || code === "ENODEV") return { kind: "not-regular" };
    return { kind: "unreadable", reason: message.replace(/^\w+: |, \w+ '.*'$/g, "") };
  }
}

/** Files under /proc and /sys say nothing true about their size. */
function readAtMost(fd: number, most: number): Uint8Array {
  const buffer = new Uint8Array(most);
  let length = 0;
  while (length < most) {
    const got = readSync(fd, buffer, length, most - length, null);
    if (got === 0) break;
    length += got;
  }
  return buffer.subarray(0, length);
}

/** Bytes of a program (also from standard input) as text, without a byte order mark. */
export function decodeProgram(bytes: Uint8Array): string | FileProblem {
  if (bytes.length > MAX_PROGRAM_BYTES) return { kind: "too-large", bytes: bytes.length };
  if (!isUtf8(bytes)) return { kind: "not-utf8", offset: firstInvalid(bytes) };
  return new TextDecoder().decode(bytes);
}

/** Offset of the first byte that begins no character: the decoder puts U+FFFD there, which the text may hold itself. */
function firstInvalid(bytes: Uint8Array): number {
  let offset = 0;
  for (const piece of new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(bytes)
    .split(/(?=\ufffd)|(?<=\ufffd)/)) {
    if (piece === "\ufffd" && !isUtf8(bytes.subarray(offset, offset + 3))) return offset;
    offset += Buffer.byteLength(piece);
  }
  return offset;
}
