import { fail, parseCall } from "../cli/call.ts";
import { run as doctor } from "../cli/commands/doctor.ts";
import { explanation } from "../cli/commands/explain.ts";
import { run as fields } from "../cli/commands/fields.ts";
import { run as help } from "../cli/commands/help.ts";
import { run as info } from "../cli/commands/info.ts";
import { run as list } from "../cli/commands/list.ts";
import { run as probes } from "../cli/commands/probes.ts";
import type { CommandModule } from "../cli/commands.ts";
import { requireAgreed } from "../cli/consent.ts";
import { alignedLines } from "../cli/lines.ts";
import { OPTIONS, type Option, type OptionName } from "../cli/options.ts";
import { readSource } from "../cli/program.ts";
import { compile } from "../compiler/compile.ts";
import { topics } from "../compiler/diagnostics/pages.ts";
import { didYouMean } from "../compiler/diagnostics/suggest.ts";
import { FIELDS } from "../compiler/fields/table.ts";
import { openLibrary } from "../library/library.ts";
import { files, programs } from "./candidates.ts";
import { matching } from "./complete.ts";
import { compose } from "./composed.ts";
import { journeyText } from "./journey.ts";
import { showLast } from "./last.ts";
import { nothingYet, type Repl } from "./repl.ts";
import { movedUses, saveScript, scriptText } from "./save.ts";
import { listed, SETTABLE, withSetting } from "./settings.ts";

interface ReplCommand {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** One line, lower case. */
  readonly about: string;
  readonly run: (repl: Repl, rest: string, leave: () => void) => void;
  /** What may stand behind the name. */
  readonly words?: (typed: string, repl: Repl) => Iterable<string>;
}

/** Every command of the prompt. Help, completion and the dispatcher are made from this. */
const COMMANDS: readonly ReplCommand[] = [
  {
    name: "help",
    usage: "[COMMAND|TOPIC|CODE]",
    about: "this list, or help on a topic or error code",
    run: (_, rest) => (rest === "" ? process.stdout.write(`${overview()}\n`) : called("help", help, rest)),
    words: () => topics().map(([name]) => name),
  },
  {
    name: "fields",
    usage: "[GLOB]",
    about: "the fields of the language",
    run: (_, rest) => called("fields", fields, rest),
    words: () => FIELDS.keys(),
  },
  {
    name: "probes",
    usage: "[GLOB]",
    about: "functions and tracepoints that see packets",
    run: ({ settings }, rest) => called("probes", probes, rest, settings.options.btf),
  },
  {
    name: "explain",
    usage: "[QUERY]",
    about: "what the last query, or this one, attaches to and runs",
    run: explain,
  },
  {
    name: "last",
    usage: "[N]",
    about: "the last N events once more (20)",
    run: (repl, rest) => showLast(repl, rest),
  },
  {
    name: "packet",
    usage: "N",
    about: "one packet's journey, step by step, with what changed",
    run: packet,
  },
  {
    name: "save",
    usage: "FILE.pwq",
    about: "definitions and the last query as a script that runs",
    run: save,
    words: files,
  },
  {
    name: "load",
    usage: "FILE.pwq|@NAME",
    about: "enter what a file, or a canned query, says",
    run: load,
    words: programs,
  },
  {
    name: "canned",
    usage: "[TAG|@NAME]",
    about: "the canned queries, or what one is for",
    run: (_, rest) => (rest.startsWith("@") ? called("info", info, rest) : called("list", list, rest)),
    words: () => openLibrary().names(),
  },
  {
    name: "set",
    usage: "[NAME VALUE]",
    about: "settings for the next query; `$name` is a parameter, `default` undoes",
    run: set,
    words: settingWords,
  },
  {
    name: "doctor",
    usage: "",
    about: "what this machine can do",
    run: (_, rest) => called("doctor", doctor, rest),
  },
  {
    name: "quit",
    usage: "",
    about: "leave; so does Ctrl-D",
    run: (_, __, leave) => leave(),
  },
];

/** Runs `.name rest`; what is wrong is said, not thrown. */
export function runCommand(repl: Repl, name: string, rest: string, leave: () => void): void {
  repl.attempt(() => {
    const command = COMMANDS.find((each) => each.name === name);
    if (!command) {
      const label = didYouMean(
        `.${name}`,
        COMMANDS.map((each) => `.${each.name}`),
      );
      throw fail({
        code: "PWQ5005",
        message: `there is no command \`.${name}\``,
        label: label ?? "`.help` lists the commands",
      });
    }
    command.run(repl, rest.trim(), leave);
  });
}

/** What a line that begins with a dot may go on with. */
export function commandCompletions(
  line: string,
  repl: Repl,
): readonly [candidates: readonly string[], prefix: string] {
  const [, name = "", rest] = /^\.(\w*)(?:\s+(.*))?$/s.exec(line) ?? [];
  if (rest === undefined)
    return [
      matching(
        COMMANDS.map((each) => `.${each.name}`),
        `.${name}`,
      ),
      `.${name}`,
    ];
  const word = rest.slice(rest.lastIndexOf(" ") + 1);
  const words = COMMANDS.find((each) => each.name === name)?.words?.(rest, repl) ?? [];
  return [matching(words, word), word];
}

function overview(): string {
  return [
    "A query is traced at once; Ctrl-C ends it. def, param and use hold for the queries after them.",
    'TypeScript is about its events: packets.filter((p) => p.outcome === "drop").length',
    "",
    ...alignedLines(
      COMMANDS.map(({ name, usage, about }) => [`.${name} ${usage}`, about]),
      "  ",
    ),
    "",
    "`.help language` begins with the language.",
  ].join("\n");
}

/** A command of the command line, with the words behind the dot command as its own. */
function called(name: string, run: CommandModule["run"], rest: string, btf?: string): void {
  const words = rest === "" ? [] : rest.split(/\s+/);
  run(parseCall([name, ...words, ...(btf === undefined ? [] : ["--btf", btf])])!);
}

function explain(repl: Repl, rest: string): void {
  const query = rest === "" ? repl.query : rest;
  if (query === undefined) throw nothingYet("query");
  const { compiled, facts } = repl.compiled(
    compose(repl.kept, query, repl.settings.columns),
    // Without what is captured to explain its drops: it is ten times as long as the query.
    compile,
  );
  repl.print(explanation(compiled, facts));
}

function packet(repl: Repl, rest: string): void {
  const { last } = repl;
  if (!last) throw nothingYet("trace");
  const text = /^\d+$/.test(rest) ? journeyText(last, BigInt(rest), repl.color) : undefined;
  if (text === undefined) {
    const { count, forgotten } = last.store;
    const kept = `${count} events are kept${forgotten > 0 ? `, ${forgotten} older ones are not` : ""}`;
    throw fail({
      code: "PWQ5006",
      message:
        rest === "" ? "`.packet` needs the number of a packet" : `there is no event of packet \`${rest}\``,
      label: `the number in the column PACKET; ${kept}`,
    });
  }
  repl.print(text);
}

function save(repl: Repl, rest: string): void {
  if (rest === "") throw withoutFile("save");
  const { kept, query, settings } = repl;
  if (kept.length === 0 && query === undefined) throw nothingYet("query");
  saveScript(rest, scriptText({ kept, settings, ...(query !== undefined && { query }) }, rest));
  repl.print(`pwq: saved; \`pwq run ${rest}\` runs it\n`);
}

function load(repl: Repl, rest: string): void {
  if (rest === "") throw withoutFile("load");
  const { text } = readSource(rest);
  requireAgreed(rest);
  const located = openLibrary().locate(rest);
  repl.enter(movedUses(text, "path" in located ? located.path : rest));
}

const withoutFile = (name: string): ReturnType<typeof fail> =>
  fail({ code: "PWQ5007", message: `\`.${name}\` needs a file`, label: `\`.${name} drops.pwq\`` });

function set(repl: Repl, rest: string): void {
  const [, name, value] = /^(\S+)\s+(.+)$/s.exec(rest) ?? [];
  if (name === undefined || value === undefined) {
    const rows = listed(repl.settings).filter(([each]) => rest === "" || each === rest);
    if (rows.length > 0) repl.print(`${alignedLines(rows, "  ").join("\n")}\n`);
    else repl.settings = withSetting(repl.settings, rest, "");
    return;
  }
  const settings = withSetting(repl.settings, name, value);
  if (name === "columns" && settings.columns !== undefined) {
    // Columns that no packet could be shown with are refused here, not at each query.
    const { settings: before } = repl;
    repl.checkColumns(settings.columns);
    repl.settings = { ...before, columns: settings.columns };
    return;
  }
  repl.settings = settings;
}

function settingWords(typed: string, repl: Repl): Iterable<string> {
  const name = /^(\S+)\s/.exec(typed)?.[1];
  if (name === undefined) return listed(repl.settings).map(([each]) => each);
  if (name === "btf") return files(typed.slice(typed.lastIndexOf(" ") + 1));
  if (name === "columns") return FIELDS.keys();
  const option: Option<unknown> | undefined = (SETTABLE as readonly string[]).includes(name)
    ? OPTIONS[name as OptionName]
    : undefined;
  return [...(option?.value?.words ?? []), "default"];
}
