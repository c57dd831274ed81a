import { chmodSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** $XDG_STATE_HOME/pwq/history (XDG Base Directory Specification: relative paths are to be ignored). */
export function historyFile(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  const { XDG_STATE_HOME: state } = env;
  return join(state && isAbsolute(state) ? state : join(home, ".local/state"), "pwq", "history");
}

/** Makes the folder of the history and keeps an older file from others' eyes: queries name hosts and users. */
export function prepareHistory(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    chmodSync(file, 0o600);
  } catch {
    // It is not there yet; it will be made so.
  }
}
