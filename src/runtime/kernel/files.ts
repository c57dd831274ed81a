/** Reading the kernel's own files: small texts that may be missing, and long ones whose size nobody knows. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import type { ReadFile } from "./ahead.ts";

/** Undefined if it is not there or not for us to read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** Names in a folder; empty if it is not there or not for us to read. */
export function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** /proc/kallsyms of a distribution's kernel has 4 to 10 MB. */
const FIRST_BYTES = 1 << 24;

/**
 * A file of which `stat` says that it is empty, as of all in proc and tracefs. They hand out a page at each read, so
 * reading into one large buffer matters: Node's own readFileSync takes a new 64 KiB buffer for each of these pages.
 * `read` is the addon's way, where there is one. Undefined if it is not there or not for us to read.
 */
export function readUnsized(path: string, read?: ReadFile): Buffer | undefined {
  if (read) {
    try {
      const bytes = read(path);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch {
      return undefined;
    }
  }
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    // Not zeroed: what is not written to is never touched, and takes no memory.
    let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], length * 2);
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
    }
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
