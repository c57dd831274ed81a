import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** $XDG_STATE_HOME/pwq/history (XDG Base Directory Specification: relative paths are to be ignored). */
export function historyFile(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  const { XDG_STATE_HOME: state } = env;
  return join(state && isAbsolute(state) ? state : join(home, ".local/state"), "pwq", "history");
}

/**
 * Makes the folder of the history and keeps an older file from others' eyes: queries name hosts and users. False: it
 * cannot be written, and nothing will be remembered.
 */
export function prepareHistory(file: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    return true;
  } catch {
    return false; // a home that is read-only, full, or another user's
  }
}
