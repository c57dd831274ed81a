import { COMMANDS, type Command } from "../commands.ts";
import { type Completed, commandNames, DEFAULT, GENERAL, optionOf, optionsOf, wordsOf } from "./table.ts";

export function fish(): string {
  const lines = [
    ...COMMANDS.map(({ name, about }) => `complete -c pwq -n __pwq_first -f -a ${name} -d ${quoted(about)}`),
    ...GENERAL.map((name) => line("-n __pwq_first -f", optionOf(name))),
    ...COMMANDS.flatMap(linesOf),
    "complete -c pwq -n __pwq_after_dashes -x -a '(__pwq_rest)'",
  ];
  return `# fish completion for pwq
function __pwq_after_dashes
  contains -- -- (commandline -opc)
end
function __pwq_first
  test (count (commandline -opc)) -eq 1
end
# Whether this is the command; a first word that is none is a query.
function __pwq_in
  __pwq_after_dashes; and return 1
  set -l words (commandline -opc)
  test (count $words) -ge 2; or return 1
  set -l command $words[2]
  contains -- $command ${commandNames.join(" ")}; or set command ${DEFAULT}
  test $command = $argv[1]
end
# Names of the library, and parameters of the program that is named.
function __pwq_program
  set -l words (commandline -opc)
  if string match -q -- '@*' (commandline -ct)
    $words[1] list --names 2>/dev/null
    return
  end
  set -l given (string match -- '@*' $words[3..]; string match -- '*.pwq' $words[3..])[1]
  test -n "$given"; and $words[1] info $given --names 2>/dev/null
end
# What the command after \`--\` would offer.
function __pwq_rest
  set -l words (commandline -opc)
  set -l dashes (contains -i -- -- $words)
  set -e words[1..$dashes]
  complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end
${lines.join("\n")}
`;
}

function linesOf(command: Command): string[] {
  const when = `-n ${quoted(`__pwq_in ${command.name}`)}`;
  const words = wordsOf(command);
  return [
    ...optionsOf(command).map((option) => line(when, option)),
    ...(words === "program" ? [`complete -c pwq ${when} -a '(__pwq_program)'`] : []),
    ...(typeof words === "string"
      ? []
      : [`complete -c pwq ${when} -f${words.length > 0 ? ` -a ${quoted(words.join(" "))}` : ""}`]),
  ];
}

function line(when: string, { name, short, value, about }: Completed): string {
  const names = name.length === 1 ? `-s ${name}` : `-l ${name}${short ? ` -s ${short}` : ""}`;
  const takes = value?.words
    ? ` -x -a ${quoted(value.words.join(" "))}`
    : value?.file
      ? " -r -F"
      : value
        ? " -x"
        : "";
  return `complete -c pwq ${when} ${names}${takes} -d ${quoted(about)}`;
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
