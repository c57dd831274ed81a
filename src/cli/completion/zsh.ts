import { COMMANDS } from "../commands.ts";
import { type Completed, DEFAULT, GENERAL, optionOf, optionsOf, wordsOf } from "./table.ts";

/** Specifications for `_arguments` (zshcompsys(1)). */
export function zsh(): string {
  const cases = COMMANDS.map((command) => {
    const words = wordsOf(command);
    const rest =
      words === "files"
        ? ["'*:file:_files'"]
        : words === "program"
          ? ["'*:program:_pwq_program'"]
          : words.length > 0
            ? [`'1:word:(${words.join(" ")})'`]
            : [];
    const pattern = command.name === DEFAULT ? "*" : command.name;
    const specs = [...optionsOf(command).flatMap(specification), ...rest];
    return [pattern, `    ${pattern}) _arguments -s -S ${specs.join(" ")} ;;`] as const;
  }).sort(([a], [b]) => Number(a === "*") - Number(b === "*"));
  const commands = COMMANDS.map(({ name, about }) => `'${name}:${escaped(about)}'`);
  return `#compdef pwq
# A name of the library, a parameter of the program, or a file.
_pwq_program() {
  local given=\${words[(r)(@*|*.pwq)]}
  if [[ $PREFIX == @* ]]; then
    local -a names=(\${(f)"$($_pwq_called list --names 2>/dev/null)"})
    compadd -a names
    return
  fi
  if [[ -n $given && $PREFIX != *=* ]]; then
    local -a parameters=(\${(f)"$($_pwq_called info $given --names 2>/dev/null)"})
    compadd -S '' -a parameters && return
  fi
  _files
}
_pwq() {
  local _pwq_called=\${(Q)words[1]}
  local dashes=\${words[(i)--]}
  if (( CURRENT > dashes )); then
    words=("\${(@)words[dashes+1,-1]}")
    (( CURRENT -= dashes ))
    _normal
    return
  fi
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.join(" ")})
    _describe command commands
    [[ $PREFIX == -* ]] && _arguments ${GENERAL.map(optionOf).flatMap(specification).join(" ")}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.map(([, line]) => line).join("\n")}
  esac
}
_pwq "$@"
`;
}

/** One for each spelling; either excludes both. */
function specification({ spellings, value, about }: Completed): string[] {
  const exclusion = spellings.length > 1 ? `(${spellings.join(" ")})` : "";
  const action = value?.words ? `(${value.words.join(" ")})` : value?.file ? "_files" : "";
  return spellings.map((spelling) => {
    // Of a long option the value may follow after a sign, of a short one in the same word.
    const joined = value ? (spelling.startsWith("--") ? "=" : "+") : "";
    const argument = value ? `:${value.label.split(/\W/)[0]}:${action}` : "";
    return `'${exclusion}${spelling}${joined}[${escaped(about)}]${argument}'`;
  });
}

const escaped = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
