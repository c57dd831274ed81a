import { COMMANDS } from "../commands.ts";
import { commandNames, DEFAULT, GENERAL, optionOf, options, optionsOf, wordsOf } from "./table.ts";

/** Without bash-completion, which not everybody has: `COMP_WORDBREAKS` has torn `--option=value` into three words. */
export function bash(): string {
  const cases = COMMANDS.map((command) => {
    const words = wordsOf(command);
    const rest = typeof words === "string" ? `${words}=1` : `words="${words.join(" ")}"`;
    const pattern = command.name === DEFAULT ? "*" : command.name;
    return [pattern, `    ${pattern}) flags="${spelt(optionsOf(command))}"; ${rest} ;;`] as const;
  }).sort(([a], [b]) => Number(a === "*") - Number(b === "*"));
  const values = options
    .filter(({ value }) => value)
    .map(({ spellings, value }) => {
      const offer = value!.words
        ? `COMPREPLY=($(compgen -W "${value!.words.join(" ")}" -- "$cur")); `
        : value!.file
          ? 'COMPREPLY=($(compgen -f -- "$cur")); '
          : "";
      return `    ${spellings.join("|")}) ${offer}return ;;`;
    });
  return `# bash completion for pwq
# A name of the library, or a parameter of the program. COMP_WORDS has \`@\` as a word of its own, but what is replaced
# includes it: the line itself is read.
_pwq_program() {
  local line=\${COMP_LINE:0:COMP_POINT} word pwq=\${COMP_WORDS[0]} given offered
  word=\${line##*[[:space:]]}
  if [[ $word == @* ]]; then offered=$("$pwq" list --names 2>/dev/null)
  elif [[ $word == *=* ]]; then return 1
  else
    for given in $line; do [[ $given == @* || $given == *.pwq ]] && break; given=; done
    [[ $given ]] || return 1
    offered=$("$pwq" info "$given" --names 2>/dev/null)
    compopt -o nospace 2>/dev/null
  fi
  compopt +o filenames 2>/dev/null
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
  ((\${#COMPREPLY[@]}))
}
_pwq() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words= files= program= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] || continue
    if declare -F _command_offset >/dev/null; then _command_offset $((i + 1))
    elif ((COMP_CWORD == i + 1)); then COMPREPLY=($(compgen -c -- "$cur"))
    else COMPREPLY=($(compgen -f -- "$cur")); fi
    return
  done
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $prev in
${values.join("\n")}
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${[...commandNames, spelt(GENERAL.map(optionOf))].join(" ")}" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.map(([, line]) => line).join("\n")}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ $program ]] && _pwq_program; then :
  elif [[ $files$program ]]; then COMPREPLY=($(compgen -f -- "$cur"))
  else COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
}
complete -o filenames -F _pwq pwq
`;
}

const spelt = (some: readonly { readonly spellings: readonly string[] }[]): string =>
  some.flatMap(({ spellings }) => spellings).join(" ");
