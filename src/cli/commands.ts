import type { Call } from "./call.ts";
import type { OptionName } from "./options.ts";

/** What a command does with a call; the number is the exit status. */
export interface CommandModule {
  run(call: Call): Promise<number> | number;
}

export interface Command {
  readonly name: string;
  /** What follows the name, for the usage line. */
  readonly usage: string;
  /** One line, lower case, for the list. */
  readonly about: string;
  /** More for `pwq help NAME`. */
  readonly text?: string;
  /** What stands after the name. `program`: FILE or -e, then parameters; `words`: as many as are listed, or any. */
  readonly takes: "program" | "glob" | "tag" | "topic" | "file" | "shell" | "nothing";
  /** COMMAND ARGS after `--`. */
  readonly tail?: true;
  readonly options: readonly OptionName[];
  readonly load: () => Promise<CommandModule>;
}

const TRACE_OPTIONS = [
  "e",
  "json",
  "color",
  "output",
  "output-max-size",
  "output-max-age",
  "output-backups",
  "output-keep",
  "output-gzip",
  "limit",
  "for",
  "backend",
  "modules",
  "all-modules",
  "btf",
  "ready-file",
  "quiet",
  "follow-map",
  "buffer",
  "hold-events",
  "hold-time",
  "hold-memory",
  "record",
  "hook",
  "yes",
] as const satisfies readonly OptionName[];

const WHY_OPTIONS = [
  "json",
  "color",
  "output",
  "limit",
  "for",
  "btf",
  "ready-file",
  "quiet",
  "buffer",
] as const satisfies readonly OptionName[];

/** Every command. Help, completion and the dispatcher are made from this; a module is loaded when it is called. */
export const COMMANDS: readonly Command[] = [
  {
    name: "run",
    usage: "FILE|@NAME|-e TEXT [name=value …] [options] [-- COMMAND ARGS…]",
    about: "trace; `pwq 'trace …'` is the same as `pwq run -e 'trace …'`",
    text: [
      "Events go to standard output, or to the file of --output; notices, errors and the summary go to standard error.",
      "",
      "With `--output-max-size` or `--output-max-age` FILE is split: what is finished becomes FILE.1, FILE.2 and so on,",
      "in the order of time, and each file begins with a heading of its own. Nothing is lost in between.",
      "",
      "With `-- COMMAND ARGS…` the command is started once everything is attached, and the trace ends shortly after it",
      "does. The command's own standard output goes to standard error, so that what pwq prints stays apart.",
      "Its exit status is reported in the summary; pwq's own status is that of the trace.",
      "",
      "Ctrl-C ends the trace with a summary; a second one, or one before all is attached, ends it at once.",
      "Exit status: 0 done, 1 failed while running, 2 the query or the call is wrong, 3 this kernel or these",
      "privileges cannot do it.",
    ].join("\n"),
    takes: "program",
    tail: true,
    options: TRACE_OPTIONS,
    load: () => import("./commands/run.ts"),
  },
  {
    name: "why",
    usage: "[options] [-- COMMAND ARGS…]",
    about: "watch everything that is dropped and explain it: the command to try first",
    text: [
      "Each cause is told once, with its evidence and what to look at next; repeats are counted, and Ctrl-C (or --for, or",
      "the end of COMMAND) prints how often each came. What a healthy machine drops too is only counted.",
      "",
      "Packets that are refused without a drop (a full accept queue, WireGuard without handshake) do not show here:",
      "docs/why.md says which, and what to use. Only one tracepoint is attached, which costs nothing until it fires.",
    ].join("\n"),
    takes: "nothing",
    tail: true,
    options: WHY_OPTIONS,
    load: () => import("./commands/why.ts"),
  },
  {
    name: "check",
    usage: "FILE|@NAME|-e TEXT [name=value …]",
    about: "look for errors; needs no root and no kernel",
    text: "Without --btf the types of raw paths (`skb->…`) are not checked. With --btf they are, against that kernel.",
    takes: "program",
    options: ["e", "hook", "btf", "color"],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "explain",
    usage: "FILE|@NAME|-e TEXT [name=value …]",
    about: "what would be attached and captured, and the program as assembly",
    text: "Of the query alone: a trace for people captures more at drops, for `why`; add `why` to `show` to see it here.",
    takes: "program",
    options: ["e", "hook", "btf", "backend", "modules", "all-modules", "color"],
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "compile",
    usage: "FILE|@NAME|-e TEXT [name=value …] -o FILE",
    about: "save the linked BPF object; `bpftool prog load` accepts it",
    takes: "program",
    options: ["e", "hook", "output", "btf", "backend", "modules", "all-modules", "color"],
    load: () => import("./commands/compile.ts"),
  },
  {
    name: "list",
    usage: "[TAG]",
    about: "the canned queries, or those with a tag; each is run as `pwq run @name`",
    text: [
      "They are looked for in what comes with pwq, in ~/.local/share/pwq/library ($XDG_DATA_HOME) and in",
      "/usr/local/share/pwq/library and /usr/share/pwq/library ($XDG_DATA_DIRS). Of one name the first counts.",
      "`pwq info @name` says what a query is for and what it can be given.",
    ].join("\n"),
    takes: "tag",
    options: ["names", "color"],
    load: () => import("./commands/list.ts"),
  },
  {
    name: "info",
    usage: "FILE|@NAME|-e TEXT",
    about: "what a program is for, its parameters, tags and text",
    takes: "program",
    options: ["e", "names", "color"],
    load: () => import("./commands/info.ts"),
  },
  {
    name: "pack",
    usage: "[FOLDER] [-o FILE]",
    about: "make a package of the programs in a folder, which has a package.json",
    takes: "file",
    options: ["output", "color"],
    load: () => import("./commands/pack.ts"),
  },
  {
    name: "add",
    usage: "./FILE.tgz|npm:NAME",
    about: "install a package of queries for yourself; nothing of it runs",
    text: [
      "Its queries are `@package/name`. Before the first of them runs you are shown what the package may do, and are asked",
      "once; what was installed is checked against packages.lock.json each time. docs/library.md has the details.",
    ].join("\n"),
    takes: "file",
    options: ["color"],
    load: () => import("./commands/add.ts"),
  },
  {
    name: "remove",
    usage: "NAME",
    about: "remove a package of queries",
    takes: "nothing",
    options: ["color"],
    load: () => import("./commands/remove.ts"),
  },
  {
    name: "repl",
    usage: "",
    about: "a prompt at which queries are tried; `pwq` alone is the same",
    text: [
      "A query is traced at once and Ctrl-C ends it; `def`, `param` and `use` hold for the queries after them.",
      "`.help` lists the commands of the prompt, Tab completes, and `.save FILE.pwq` makes a script of it all.",
      "",
      "Where standard input is no terminal, `pwq < FILE` is the same as `pwq run FILE`.",
    ].join("\n"),
    takes: "nothing",
    options: [
      "color",
      "backend",
      "modules",
      "btf",
      "limit",
      "for",
      "follow-map",
      "buffer",
      "hold-events",
      "hold-time",
      "hold-memory",
    ],
    load: () => import("../repl/start.ts"),
  },
  {
    name: "types",
    usage: "FILE|-e TEXT [--btf FILE]",
    about: "TypeScript declarations for the hooks of a program",
    text: [
      "`pwq types drops.pwq > pwq.d.ts` beside a file of hooks makes an editor complete and check it.",
      "With --btf the names of drop reasons are known.",
    ].join("\n"),
    takes: "program",
    options: ["e", "btf", "color"],
    load: () => import("./commands/types.ts"),
  },
  {
    name: "replay",
    usage: "FILE",
    about: "show a recording made with `pwq run --record`; needs no root",
    takes: "file",
    options: ["json", "color", "output", "limit", "quiet", "hold-events", "hold-time", "hold-memory"],
    load: () => import("./commands/replay.ts"),
  },
  {
    name: "fields",
    usage: "[GLOB]",
    about: "the fields of the language",
    takes: "glob",
    options: ["color"],
    load: () => import("./commands/fields.ts"),
  },
  {
    name: "probes",
    usage: "[GLOB]",
    about: "the functions and tracepoints of this kernel that see packets",
    takes: "glob",
    options: ["btf", "color"],
    load: () => import("./commands/probes.ts"),
  },
  {
    name: "from-pwru",
    usage: "-- PWRU-ARGUMENTS…",
    about: "what to type instead of a call of pwru",
    text: "Status 2 where pwq has nothing for a flag, with the reason. docs/from-pwru.md lists all of pwru's flags.",
    takes: "nothing",
    tail: true,
    options: ["color"],
    load: () => import("./commands/from-pwru.ts"),
  },
  {
    name: "doctor",
    usage: "",
    about: "what this machine can do, and how to mend what it cannot",
    takes: "nothing",
    options: ["color"],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish",
    about: "a completion script for this shell, on standard output",
    text: [
      "bash: pwq completion bash > /etc/bash_completion.d/pwq",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
      'zsh:  pwq completion zsh > "${fpath[1]}/_pwq"',
      "fish: pwq completion fish > ~/.config/fish/completions/pwq.fish",
    ].join("\n"),
    takes: "shell",
    options: [],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "help",
    usage: "[COMMAND|CODE|TOPIC]",
    about: "this text, or what an error code means",
    takes: "topic",
    options: ["color"],
    load: () => import("./commands/help.ts"),
  },
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
