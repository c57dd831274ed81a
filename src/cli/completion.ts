import { COMMANDS, type Command } from "./commands.ts";
import { flag, OPTIONS, type Option, type OptionName } from "./options.ts";

/** Completion scripts, made from the tables of commands and options. */
export const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

const option = (name: OptionName): Option<unknown> => OPTIONS[name];
const commandNames = COMMANDS.map(({ name }) => name);
/** Options by what completes their value. */
const withWords = (Object.keys(OPTIONS) as OptionName[]).filter((name) => option(name).value?.words);
const withFile = (Object.keys(OPTIONS) as OptionName[]).filter((name) => option(name).value?.file);

const spellings = (name: OptionName): string[] =>
  [flag(name), option(name).short && `-${option(name).short}`].filter(
    (text, i, all): text is string => Boolean(text) && all.indexOf(text) === i,
  );

/** What can follow a command besides options. */
const WORDS: Readonly<Partial<Record<Command["takes"], readonly string[]>>> = {
  shell: ["bash", "zsh", "fish"],
  topic: commandNames,
};

function bash(): string {
  const cases = COMMANDS.map((command) => {
    const flags = command.options.flatMap(spellings).join(" ");
    return `    ${command.name}) flags="${flags} --help"; words="${WORDS[command.takes]?.join(" ") ?? ""}" ;;`;
  });
  const values = withWords.map(
    (name) =>
      `    ${spellings(name).join("|")}) COMPREPLY=($(compgen -W "${option(name).value!.words!.join(" ")}" -- "$cur")); return ;;`,
  );
  return `# bash completion for pwq
_pwq() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words=
  case $prev in
${values.join("\n")}
    ${withFile.flatMap(spellings).join("|")}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commandNames.join(" ")} --help --version" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _pwq pwq
`;
}

function zsh(): string {
  const describe = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
  const spec = (name: OptionName): string[] =>
    spellings(name).map((spelling) => {
      const { value, about } = option(name);
      const action = value?.words ? `(${value.words.join(" ")})` : value?.file ? "_files" : "";
      return `'${spelling}[${describe(about)}]${value ? `:${value.label.split("|")[0]}:${action}` : ""}'`;
    });
  const cases = COMMANDS.map((command) => {
    const words = WORDS[command.takes];
    const rest = words ? `'*:word:(${words.join(" ")})'` : "'*:file:_files'";
    return `    ${command.name}) _arguments ${[...command.options.flatMap(spec), rest].join(" ")} ;;`;
  });
  const commands = COMMANDS.map(({ name, about }) => `'${name}:${describe(about)}'`);
  return `#compdef pwq
_pwq() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${commands.join(" ")})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
_pwq "$@"
`;
}

function fish(): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = COMMANDS.map(
    ({ name, about }) => `complete -c pwq -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
  );
  for (const command of COMMANDS) {
    const when = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    for (const name of command.options) {
      const { short, value, about } = option(name);
      const names = name.length === 1 ? `-s ${name}` : `-l ${name}${short ? ` -s ${short}` : ""}`;
      const takes = value?.words
        ? ` -x -a ${quoted(value.words.join(" "))}`
        : value?.file
          ? " -r -F"
          : value
            ? " -x"
            : "";
      lines.push(`complete -c pwq ${when} ${names}${takes} -d ${quoted(about)}`);
    }
    const words = WORDS[command.takes];
    if (words) lines.push(`complete -c pwq ${when} -f -a ${quoted(words.join(" "))}`);
  }
  return `# fish completion for pwq\n${lines.join("\n")}\n`;
}
