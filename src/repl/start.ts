import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import type { Call } from "../cli/call.ts";
import { run as runScript } from "../cli/commands/run.ts";
import { shortHelp } from "../cli/help.ts";
import { addon } from "../cli/machine.ts";
import { STATUS } from "../cli/report.ts";
import { print, STDOUT } from "../cli/terminal.ts";
import { version } from "../cli/version.ts";
import { runCommand } from "./commands.ts";
import { completions } from "./complete.ts";
import { isWhole } from "./entry.ts";
import { Prompt } from "./prompt.ts";
import { Repl } from "./repl.ts";
import { NO_SETTINGS } from "./settings.ts";

/** A prompt where somebody can type at it; elsewhere what stands on standard input is run, or help is given. */
export async function run(call: Call): Promise<number> {
  if (isatty(STDIN) && isatty(STDOUT)) return prompt(call);
  const input = fstatSync(STDIN);
  if (input.isFile() || input.isFIFO() || input.isSocket()) return runScript({ ...call, words: ["-"] });
  print(shortHelp());
  return STATUS.done;
}

const STDIN = 0;

/** Until the user leaves. */
async function prompt({ options }: Call): Promise<number> {
  process.stdout.write(greeting());
  // What is printed before the prompt is there goes straight out.
  let line: Prompt | undefined;
  const repl = new Repl(
    {
      print: (text) => (line ? line.print(text) : process.stdout.write(text)),
      screen: () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }),
    },
    { ...NO_SETTINGS, options },
  );
  line = new Prompt(
    {
      entry: (text) => repl.enter(text),
      command: (name, rest) => runCommand(repl, name, rest, () => line?.close()),
      isComplete: isWhole,
      complete: (text) => completions(text, repl),
      interrupt: () => repl.interrupt(),
    },
    () => repl.color,
  );
  await line.closed;
  await repl.leave();
  return STATUS.done;
}

function greeting(): string {
  return `pwq ${version}: a query starts at once, Ctrl-C ends it; .help says more, Tab completes\n${mayTrace() ? "" : UNABLE}`;
}

const UNABLE =
  "Not root: queries are checked, explained (.explain) and completed, but not run; `sudo pwq` runs them\n";

/** Root, or something that comes close enough to be tried. */
function mayTrace(): boolean {
  try {
    const has = addon().capabilities();
    return Boolean(has.CAP_SYS_ADMIN || (has.CAP_BPF && has.CAP_PERFMON));
  } catch {
    return false;
  }
}
