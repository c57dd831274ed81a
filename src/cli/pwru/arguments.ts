import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { fail } from "../call.ts";
import type { Flag, FlagType, Given, Value } from "./flag.ts";
import { FLAGS } from "./flags.ts";

/** A command line of pwru, taken apart. */
export interface PwruCall {
  readonly given: Given;
  /** The pcap filter: all that is no flag, as one text. */
  readonly filter: string;
}

/**
 * Reads pwru's arguments as Go's pflag does: `--flag value`, `--flag=value`, switches with an optional `=true`, flags
 * and filter mixed, `--` before what is filter only. The program's own name may stand in front.
 * Throws PwqError (PWQ2025).
 */
export function readArguments(argv: readonly string[]): PwruCall {
  const given = new Map<string, Value>();
  const filter: string[] = [];
  const args = [...withoutName(argv)];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === "--") {
      filter.push(...args);
      break;
    }
    if (!/^-./.test(arg)) {
      filter.push(arg);
      continue;
    }
    const [spelling, inline] = split(arg);
    const flag = flagCalled(spelling);
    const text = inline ?? (flag.type === "bool" ? "true" : args.shift());
    if (text === undefined) throw wrong(`\`${spelling}\` needs a value`, `pwru takes ${FORM[flag.type]}`);
    const value = READ[flag.type](text);
    if (value === undefined) {
      throw wrong(`\`${text}\` is not a value of pwru's \`${spelling}\``, `it takes ${FORM[flag.type]}`);
    }
    const before = given.get(flag.name);
    given.set(flag.name, Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value);
  }
  return { given, filter: filter.join(" ") };
}

/** `pwru …`, `sudo pwru …`, `/usr/bin/pwru …`. */
function withoutName(argv: readonly string[]): readonly string[] {
  const name = argv.slice(0, 2).findIndex((word) => /(^|\/)pwru$/.test(word));
  return name === 0 || (name === 1 && argv[0] === "sudo") ? argv.slice(name + 1) : argv;
}

function split(arg: string): readonly [spelling: string, value: string | undefined] {
  const equals = arg.indexOf("=");
  return equals === -1 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function flagCalled(spelling: string): Flag {
  const flag = FLAGS.find(({ name, short }) => spelling === `--${name}` || spelling === `-${short}`);
  if (flag) return flag;
  const label = didYouMean(
    spelling,
    FLAGS.map(({ name }) => `--${name}`),
  );
  throw wrong(`\`${spelling}\` is not a flag of pwru 1.0.12`, label ?? "`pwru --help` lists them");
}

const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "True", "TRUE"]);
const FALSE: ReadonlySet<string> = new Set(["0", "f", "F", "false", "False", "FALSE"]);
const NUMBER = /^(?:0[xX][0-9a-fA-F]+|\d+)$/;

const READ: Readonly<Record<FlagType, (text: string) => Value | undefined>> = {
  bool: (text) => (TRUE.has(text) ? true : FALSE.has(text) ? false : undefined),
  string: (text) => text,
  strings: (text) => text.split(","),
  uint: (text) => (/^\d+$/.test(text) ? String(BigInt(text)) : undefined),
  mark: (text) => (text.split("/", 3).every((part, i) => i < 2 && NUMBER.test(part)) ? text : undefined),
};

const FORM: Readonly<Record<FlagType, string>> = {
  bool: "`true` or `false`, or nothing",
  string: "a text",
  strings: "names with commas between them",
  uint: "a whole number",
  mark: "a mark, or a mark and a mask: `0xa00/0xf00`",
};

const wrong = (message: string, label: string): ReturnType<typeof fail> =>
  fail({ code: "PWQ2025", message, label });
