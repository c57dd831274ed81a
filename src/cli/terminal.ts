import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Options } from "./options.ts";

export const STDOUT = 1;
export const STDERR = 2;

/** Whether text for this file descriptor is coloured. NO_COLOR as in no-color.org. */
export function wantsColor(choice: Options["color"], fd: number): boolean {
  if (choice === "always") return true;
  if (choice === "never" || process.env.NO_COLOR) return false;
  return isatty(fd) && process.env.TERM !== "dumb";
}

/** Answers that are text as a whole: help, tables, findings. A reader that has gone (`| head`) is no error. */
export const print = (text: string): void => writeAll(STDOUT, text);
export const printError = (text: string): void => writeAll(STDERR, text);

function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      // EIO: the terminal is gone.
      else if (code === "EPIPE" || code === "EBADF" || code === "EIO") return;
      else throw error;
    }
  }
}
