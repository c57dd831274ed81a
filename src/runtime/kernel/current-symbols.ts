import { join } from "node:path";
import type { Symbols } from "../../compiler/facts.ts";
import { readText, readUnsized } from "./files.ts";
import { parseSymbols } from "./symbols.ts";

/**
 * The name of an address, also in a module that was loaded after `first` was read: looked for there, it would get the
 * name of a neighbour. Each call looks at the list of modules; kallsyms is read again only when that has changed.
 */
export function currentSymbols(first: () => Symbols | undefined, root = "/"): Symbols["lookup"] {
  let symbols = first;
  let modules = loadedModules(root);
  return (address) => {
    const now = loadedModules(root);
    if (now !== modules && symbols()) {
      modules = now;
      const text = readUnsized(join(root, "proc/kallsyms"));
      const fresh = text && parseSymbols(text);
      if (fresh) symbols = () => fresh;
    }
    return symbols()?.lookup(address);
  };
}

/** Their names; the rest of a line changes as they are used. */
const loadedModules = (root: string): string =>
  (readText(join(root, "proc/modules")) ?? "").replace(/ .*$/gm, "");
