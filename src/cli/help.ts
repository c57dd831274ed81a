import { COMMANDS, type Command } from "./commands.ts";
import { flag, OPTIONS, type Option, type OptionName } from "./options.ts";
import { version } from "./version.ts";

const INTRO = "Where is my packet, and who killed it?";

const EXAMPLES = [
  ["pwq 'trace drop'", "every drop, with its reason"],
  ["pwq 'trace skb where tcp.dport == 443 until drop'", "the way of a packet up to its drop"],
  ["pwq run drops.pwq port=443 -- curl https://10.0.0.2", "while a command runs"],
] as const;

/** What `pwq` alone prints where nobody can type. */
export function shortHelp(): string {
  return [
    `pwq ${version}: ${INTRO}`,
    "",
    ...aligned(EXAMPLES, Number.POSITIVE_INFINITY),
    "",
    "On a terminal `pwq` alone is a prompt for queries; a program on standard input is run.",
    "`pwq help` lists all commands, `pwq doctor` says what this machine can do.",
    "",
  ].join("\n");
}

/** What `pwq help` and `pwq --help` print. */
export function generalHelp(): string {
  return [
    `pwq ${version}: ${INTRO}`,
    "",
    "Usage: pwq 'trace …' [options] [-- COMMAND ARGS…]",
    "       pwq COMMAND …",
    "",
    "Commands:",
    ...aligned(COMMANDS.map(({ name, about }) => [name, about])),
    "",
    "Options of a trace:",
    ...optionLines(COMMANDS[0]!.options),
    "",
    "Examples:",
    ...aligned(EXAMPLES, Number.POSITIVE_INFINITY),
    "",
    "`pwq help COMMAND` says more about one, `pwq help CODE` explains an error,",
    "`pwq help language` begins with the language.",
    "",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const { name, usage, about, text, options } = command;
  return [
    `Usage: pwq ${name} ${usage}`.trimEnd(),
    "",
    `${about[0]!.toUpperCase()}${about.slice(1)}.`,
    ...(text ? ["", text] : []),
    "",
    "Options:",
    ...optionLines([...options, "help"]),
    "",
  ].join("\n");
}

function optionLines(names: readonly OptionName[]): string[] {
  return aligned(names.map((name) => [optionUsage(name), OPTIONS[name].about]));
}

/** `-o, --output FILE` */
function optionUsage(name: OptionName): string {
  const option: Option<unknown> = OPTIONS[name];
  const short =
    option.short && option.short !== name ? `-${option.short}, ` : name.length === 1 ? "" : "    ";
  return `${short}${flag(name)}${option.value ? ` ${option.value.label}` : ""}`;
}

/** Beyond this a text goes to the next line, so that one long name does not push all others. */
const MAX_TERM = 28;

function aligned(rows: readonly (readonly [term: string, about: string])[], most = MAX_TERM): string[] {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= most));
  return rows.map(([term, about]) =>
    term.length <= width
      ? `  ${term.padEnd(width)}  ${about}`
      : `  ${term}\n  ${" ".repeat(width)}  ${about}`,
  );
}
