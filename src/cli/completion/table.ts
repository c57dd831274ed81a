import { COMMANDS, type Command } from "../commands.ts";
import { flag, OPTIONS, type Option, type OptionName, optionNames } from "../options.ts";

/** What every script is made of. */

export const commandNames: readonly string[] = COMMANDS.map(({ name }) => name);

/** A first word that is no command is a query, which `run` takes. */
export const DEFAULT = "run";

/** Options of a call without command. */
export const GENERAL: readonly OptionName[] = ["help", "version"];

export interface Completed extends Option<unknown> {
  readonly name: OptionName;
  /** As it may be typed, the short form last. */
  readonly spellings: readonly string[];
}

export const optionOf = (name: OptionName): Completed => ({
  ...(OPTIONS[name] as Option<unknown>),
  name,
  spellings: [flag(name), OPTIONS[name].short && `-${OPTIONS[name].short}`].filter(
    (text, i, all): text is string => Boolean(text) && all.indexOf(text) === i,
  ),
});

export const options: readonly Completed[] = optionNames.map(optionOf);

export const optionsOf = (command: Command): readonly Completed[] =>
  [...command.options, "help" as const].map(optionOf);

/**
 * What can follow a command besides options: these words, files, or neither. `program`: a file or `@name`, then the
 * program's parameters; the shell asks pwq for both as they are typed (`pwq list --names`, `pwq info @name --names`).
 */
export function wordsOf({ takes }: Command): readonly string[] | "files" | "program" {
  switch (takes) {
    case "shell":
      return ["bash", "zsh", "fish"];
    case "topic":
      return commandNames;
    case "program":
      return "program";
    case "file":
      return "files";
    case "glob":
    case "tag":
    case "nothing":
      return [];
  }
}
