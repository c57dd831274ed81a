import { bash } from "./bash.ts";
import { fish } from "./fish.ts";
import { zsh } from "./zsh.ts";

/** Completion scripts, made from the tables of commands and options. */
export const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };
