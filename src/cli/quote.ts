import { basename } from "node:path";

/** A word as a POSIX shell has to be given it, quoted only where it must be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * This call once more, through sudo; PATH is kept because sudo resets it on most systems. `called`: the first word that
 * was typed, which is pwq or a path to it, or a Node that was given `script`.
 */
export function sudoLine(argv: readonly string[], called: string, script: string): string {
  const program = basename(called).startsWith("node") ? [called, script] : [called];
  return `sudo env "PATH=$PATH" ${[...program, ...argv].map(quote).join(" ")}`;
}
