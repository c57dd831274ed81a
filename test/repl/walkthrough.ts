import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Terminal } from "./terminal.ts";

/**
 * The walk-through of docs/repl.md, as it is read there: what is typed at the prompt, what then stands below it, what is
 * done in a shell meanwhile, and what a script prints.
 */
export type Step =
  | { readonly kind: "typed"; readonly lines: readonly string[]; readonly shown: readonly string[] }
  /** More of what is shown. */
  | { readonly kind: "shown"; readonly shown: readonly string[] }
  | { readonly kind: "shell"; readonly command: string }
  | { readonly kind: "script"; readonly words: readonly string[]; readonly shown: readonly string[] };

const SECTION = /^## From an empty prompt to a script\n([\s\S]*?)^## /m;
const PROMPT = /^(?:pwq>|\.\.\.) /;

export function readWalkthrough(
  page = readFileSync(join(import.meta.dirname, "../../docs/repl.md"), "utf8"),
): readonly Step[] {
  const section = SECTION.exec(page)?.[1] ?? "";
  const steps: Step[] = [];
  for (const [, kind, block = ""] of section.matchAll(/^```(text|sh)\n([\s\S]*?)^```$/gm)) {
    const lines = block.trimEnd().split("\n");
    const before = steps.at(-1);
    if (kind === "sh") {
      const words = block.trim().split(" ");
      if (words[0] === "pwq") steps.push({ kind: "script", words: words.slice(1), shown: [] });
      else steps.push({ kind: "shell", command: block.trim() });
    } else if (before?.kind === "script") steps[steps.length - 1] = { ...before, shown: lines };
    else steps.push(...typedAndShown(lines));
  }
  return steps;
}

/** Entries, each with what stands below it until the next. */
function typedAndShown(lines: readonly string[]): readonly Step[] {
  const steps: { kind: "typed" | "shown"; lines: string[]; shown: string[] }[] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (!PROMPT.test(line)) {
      if (last) last.shown.push(line);
      else steps.push({ kind: "shown", lines: [], shown: [line] });
    } else if (line.startsWith("...") && last) last.lines.push(line);
    else steps.push({ kind: "typed", lines: [line], shown: [] });
  }
  return steps;
}

/** Stands for the rest of a line, or for any lines. */
const LEFT_OUT = "…";

/** Times and addresses, which differ from one run to the next. */
const TOLERATED: readonly (readonly [RegExp, string])[] = [
  [/\d\d:\d\d:\d\d\.\d{6}/g, "TIME"],
  [/^ *\+\d+\.\d us/g, "+TIME"],
  [/\b(in|within) \d+(\.\d)? (us|ms|s)\b/g, "$1 TIME"],
  [/\+0x[0-9a-f]+/g, "+ADDRESS"],
];

const tolerant = (line: string): string =>
  TOLERATED.reduce((text, [pattern, name]) => text.replace(pattern, name), line.trimEnd());

/**
 * The number of lines of `got`, from `from` on, that stand for `wanted`; undefined: they do not, or not all are there yet.
 */
export function matched(got: readonly string[], from: number, wanted: readonly string[]): number | undefined {
  const [first, ...rest] = wanted;
  if (first === undefined) return 0;
  if (first === LEFT_OUT) {
    for (let at = from; at <= got.length; at++) {
      const length = matched(got, at, rest);
      if (length !== undefined) return at - from + length;
    }
    return undefined;
  }
  const line = got[from];
  if (line === undefined) return undefined;
  const same = first.endsWith(LEFT_OUT)
    ? tolerant(line).startsWith(tolerant(first.slice(0, -1)))
    : tolerant(line) === tolerant(first);
  if (!same) return undefined;
  const length = matched(got, from + 1, rest);
  return length === undefined ? undefined : length + 1;
}

export interface Stage {
  readonly terminal: Terminal;
  /** The program, as a shell finds it. */
  readonly pwq: string;
  /** What a line of the page is on another kernel than the page's; undefined: it cannot be said, and is left out. */
  readonly elsewhere?: (line: string) => string | undefined;
}

/** The machine may be emulated, and busy. */
const PATIENCE_MS = 150_000;
const LOOK_MS = 100;

/** Does all of it; throws with what is on the screen where something else is shown than the page says. */
export async function play(
  steps: readonly Step[],
  { terminal, pwq, elsewhere = (line) => line }: Stage,
): Promise<void> {
  const wanted = (shown: readonly string[]): readonly string[] =>
    shown.map((line) => elsewhere(line) ?? LEFT_OUT);
  let position = lines(terminal).indexOf("pwq>");
  let open = false;
  let traffic = "";
  for (const step of steps) {
    if (step.kind === "shell") {
      traffic = step.command;
      shell(terminal, traffic);
    } else if (step.kind === "script") {
      const printed = await script(terminal, pwq, step.words, traffic);
      if (matched(printed, 0, wanted(step.shown)) === undefined)
        throw new Error(`the script printed\n${printed.join("\n")}\ninstead of\n${step.shown.join("\n")}`);
    } else {
      if (step.kind === "typed") for (const line of step.lines) terminal.enter(line.replace(PROMPT, ""));
      const all = [...(step.kind === "typed" ? step.lines : []), ...wanted(step.shown)];
      // Of what is left out at the end of a step, the rest may still come.
      position += await shown(terminal, position, open ? [LEFT_OUT, ...all] : all);
      open = all.at(-1) === LEFT_OUT;
    }
  }
}

async function shown(terminal: Terminal, position: number, all: readonly string[]): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const length = matched(lines(terminal), position, all);
    if (length !== undefined) return length;
    if (performance.now() > deadline) {
      const is = lines(terminal).slice(position).join("\n");
      throw new Error(`the prompt shows\n${is}\ninstead of\n${all.join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const lines = (terminal: Terminal): readonly string[] =>
  terminal
    .screen({ joined: true })
    .split("\n")
    .map((line) => line.trimEnd());

/** In the network namespace and the folder of the prompt. A refused datagram is no fault of the shell's. */
const inside = (terminal: Terminal, ...words: readonly string[]): readonly string[] => [
  "-t",
  terminal.pid,
  "-n",
  ...words,
];

function shell(terminal: Terminal, command: string): void {
  execFileSync("nsenter", inside(terminal, "bash", "-c", `${command} || :`), { stdio: "ignore" });
}

/** Runs pwq with these words until it ends, with the traffic once it is attached; its standard output. */
async function script(
  terminal: Terminal,
  pwq: string,
  words: readonly string[],
  traffic: string,
): Promise<readonly string[]> {
  const child: ChildProcess = spawn("nsenter", inside(terminal, pwq, ...words), {
    cwd: terminal.folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let output = "";
  let errors = "";
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  child.stdout!.on("data", (bytes) => {
    output += bytes;
  });
  const attached = new Promise<void>((resolve) => {
    child.stderr!.on("data", (bytes) => {
      errors += bytes;
      if (errors.includes("attached to")) resolve();
    });
    child.once("exit", () => resolve());
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  await attached;
  shell(terminal, traffic);
  await ended;
  clearTimeout(timer);
  return output.trimEnd().split("\n");
}
