/** A word as a POSIX shell has to be given it, quoted only where it must be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** This call once more, through sudo; PATH is kept because sudo resets it on most systems. */
export function sudoLine(argv: readonly string[], script: string, node: string): string {
  const program = script.endsWith("/pwq") ? ["pwq"] : [node.endsWith("/node") ? "node" : node, script];
  return `sudo env "PATH=$PATH" ${[...program, ...argv].map(quote).join(" ")}`;
}
