/** What the system's names of errors mean to somebody who named a file. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EFBIG: "it is larger than the limit for files",
  EIO: "the device has an error",
  EISDIR: "it is a folder",
  ENOENT: "its folder is not there",
  ENOSPC: "no space left on the device",
  NOTFILE: "it is not an ordinary file, and only those can be split",
  ENOTDIR: "its folder is not there",
  EROFS: "the file system is read-only",
};

/** In words, for a file that could not be opened for writing or be written. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? code ?? message;
}
