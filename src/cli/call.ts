import { type Diagnostic, PwqError } from "../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../compiler/diagnostics/suggest.ts";
import { COMMANDS, type Command, findCommand } from "./commands.ts";
import { flag, OPTIONS, type Option, type OptionName, type Options, optionNames } from "./options.ts";
import { quote } from "./quote.ts";

/** One call of pwq, taken apart and checked against the tables. */
export interface Call {
  readonly command: Command;
  readonly options: Options;
  /** What stands after the command's name, options taken out. */
  readonly words: readonly string[];
  /** COMMAND ARGS after `--`. */
  readonly tail?: readonly string[];
  /** Everything after `pwq`, as given. */
  readonly argv: readonly string[];
}

/**
 * Reads a command line. `argv` is what follows `pwq`.
 * `pwq 'trace …'` is read as `pwq run -e 'trace …'`. Undefined: nothing was asked for.
 * Throws PwqError with a PWQ20xx.
 */
export function parseCall(argv: readonly string[]): Call | undefined {
  const dashes = argv.indexOf("--");
  const { options, words } = splitOptions(dashes === -1 ? argv : argv.slice(0, dashes));
  const tail = dashes === -1 ? undefined : argv.slice(dashes + 1);
  const [first, ...rest] = words;
  if (first === undefined && options.e === undefined && Object.keys(options).length === 0 && !tail)
    return undefined;
  if (first === undefined)
    return call(options.help || options.version ? "help" : "run", options, [], tail, argv);
  if (findCommand(first)) return call(first, options, rest, tail, argv);
  if (looksLikeQuery(first) && options.e === undefined) {
    if (first === "trace") throw fail(unquoted(words));
    return call("run", { ...options, e: first }, rest, tail, argv);
  }
  throw fail(unknownCommand(first));
}

function call(
  name: string,
  options: Options,
  words: readonly string[],
  tail: readonly string[] | undefined,
  argv: readonly string[],
): Call {
  const command = findCommand(name)!;
  if (!options.help && !options.version) {
    for (const given of Object.keys(options) as OptionName[]) {
      if (!command.options.includes(given)) throw fail(misplaced(given, command));
    }
    if (tail && !command.tail) throw fail(surplus(tail[0] ?? "--", command));
    if (tail?.length === 0) throw fail({ code: "PWQ2009", message: "no command after `--`" });
  }
  return { command, options, words, ...(tail && { tail }), argv };
}

interface Split {
  readonly options: Options;
  readonly words: readonly string[];
}

function splitOptions(args: readonly string[]): Split {
  const options: Partial<Record<OptionName, unknown>> = {};
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const given = args[i]!;
    if (!given.startsWith("-") || given === "-") {
      words.push(given);
      continue;
    }
    const equals = given.startsWith("--") ? given.indexOf("=") : -1;
    const spelling = equals === -1 ? given : given.slice(0, equals);
    const name = optionCalled(spelling);
    const option: Option<unknown> = OPTIONS[name];
    let value: unknown = true;
    if (option.value) {
      const text = equals === -1 ? args[++i] : given.slice(equals + 1);
      if (text === undefined || (equals === -1 && isOption(text))) throw fail(valueless(spelling, option));
      value = option.value.parse(text);
      if (value === undefined) throw fail(badValue(spelling, text, option));
    } else if (equals !== -1) {
      throw fail({ code: "PWQ2005", message: `\`${spelling}\` takes no value` });
    }
    if (name in options && String(options[name]) !== String(value)) {
      throw fail({ code: "PWQ2020", message: `\`${spelling}\` is given twice with different values` });
    }
    options[name] = value;
  }
  return { options: options as Options, words };
}

function optionCalled(spelling: string): OptionName {
  const name = optionNames.find((n) => spelling === flag(n) || spelling === `-${OPTIONS[n].short}`);
  if (name) return name;
  const label = didYouMean(
    spelling,
    optionNames.filter((n) => n.length > 1).map((n) => `--${n}`),
  );
  throw fail({ code: "PWQ2002", message: `unknown option \`${spelling}\``, ...(label && { label }) });
}

const isOption = (text: string): boolean =>
  optionNames.some((n) => text === flag(n) || text === `-${OPTIONS[n].short}`);

/** Begins like a statement of the language, and could not be the name of a file or command. */
const looksLikeQuery = (word: string): boolean =>
  word === "trace" || /^\s*(?:#|@|(?:trace|def|param|use|pwq|on)\s)/.test(word);

/** The positional words of commands other than `run` and its like; throws PWQ2007 for more than `most`. */
export function wordsOf(given: Call, most: number): readonly string[] {
  const extra = given.words[most];
  if (extra !== undefined) throw fail(surplus(extra, given.command));
  return given.words;
}

export const fail = (diagnostic: Omit<Diagnostic, "severity">): PwqError =>
  new PwqError([{ severity: "error", ...diagnostic }]);

type Finding = Omit<Diagnostic, "severity">;

function unquoted(words: readonly string[]): Finding {
  return {
    code: "PWQ2008",
    message: "a query is one argument, in quotes",
    label: `pwq ${quote(words.join(" "))}`,
  };
}

function unknownCommand(word: string): Finding {
  const isFile = word.includes("/") || word.endsWith(".pwq");
  const label = isFile
    ? `a program is run with \`pwq run ${quote(word)}\``
    : didYouMean(
        word,
        COMMANDS.map((command) => command.name),
      );
  return {
    code: "PWQ2001",
    message: `unknown command \`${word}\``,
    label: label ?? "`pwq help` lists the commands; a query begins with `trace`",
  };
}

function misplaced(name: OptionName, command: Command): Finding {
  const takers = COMMANDS.filter((other) => other.options.includes(name)).map((other) => `\`${other.name}\``);
  return {
    code: "PWQ2012",
    message: `\`pwq ${command.name}\` has no option \`${flag(name)}\``,
    label: `it is an option of ${takers.join(", ")}`,
  };
}

function surplus(word: string, command: Command): Finding {
  return {
    code: "PWQ2007",
    message: `\`${word}\` is an argument too many`,
    label: `usage: pwq ${command.name} ${command.usage}`.trimEnd(),
  };
}

function valueless(spelling: string, option: Option<unknown>): Finding {
  return {
    code: "PWQ2003",
    message: `\`${spelling}\` needs a value`,
    label: `it takes ${option.value!.form}`,
  };
}

function badValue(spelling: string, given: string, option: Option<unknown>): Finding {
  const near = option.value!.words && didYouMean(given, option.value!.words);
  return {
    code: "PWQ2004",
    message: `\`${given}\` is not a value of \`${spelling}\``,
    label: near ?? `it takes ${option.value!.form}`,
  };
}
