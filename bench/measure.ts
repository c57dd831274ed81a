import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The machine under test: two namespaces, a link, and the programs. */
export interface Bench {
  /** `dist/pwq` */
  readonly pwq: string;
  readonly pwru: string;
  /** The lab's traffic program. */
  readonly send: string;
  readonly rounds: number;
}

/** A tracer's command line, and how to know that it is attached. */
export interface Tracer {
  readonly command: readonly string[];
  readonly attached: (output: string) => boolean;
  /** Where events are written. */
  readonly file: string;
}

const READY = "/tmp/bench-ready";
const EVENTS = "/tmp/bench-events";

export function pwq(bench: Bench, query: string, ...options: string[]): Tracer {
  const command = [bench.pwq, "run", "-e", query, "--ready-file", READY, "--output", EVENTS, ...options];
  return { command, attached: () => existsSync(READY), file: EVENTS };
}

export function pwru(bench: Bench, ...args: string[]): Tracer {
  const command = [bench.pwru, "--output-file", EVENTS, ...args];
  return { command, attached: (output) => output.includes("Listening for events"), file: EVENTS };
}

export interface Running {
  /** Seconds from the process's start until it was attached. */
  readonly attachSeconds: number;
  /** What it has written to the terminal. */
  output(): string;
  /** Ctrl-C and the end; resolves to the seconds that took. */
  stop(): Promise<number>;
}

export async function start(tracer: Tracer, patience = 180): Promise<Running> {
  rmSync(READY, { force: true });
  rmSync(EVENTS, { force: true });
  const log = openSync("/tmp/bench-log", "w+");
  const [command, ...args] = tracer.command;
  const from = performance.now();
  const child: ChildProcess = spawn(command!, args, { stdio: ["ignore", log, log] });
  const output = (): string => readFileSync("/tmp/bench-log", "utf8");
  while (!tracer.attached(output())) {
    if (child.exitCode !== null) throw new Error(`${tracer.command.join(" ")}\n${output()}`);
    if (performance.now() - from > patience * 1000) throw new Error(`not attached: ${output()}`);
    await sleep(10);
  }
  const attachSeconds = (performance.now() - from) / 1000;
  const stop = async (): Promise<number> => {
    const from = performance.now();
    child.kill("SIGINT");
    while (child.exitCode === null && child.signalCode === null) await sleep(10);
    closeSync(log);
    return (performance.now() - from) / 1000;
  };
  return { attachSeconds, output, stop };
}

/** Packets per second that a sender in namespace `a` gets out. */
export function blast(bench: Bench, port: number, seconds: number): number {
  const line = execFileSync(bench.send, ["a", "blast", "10.9.0.2", String(port), String(seconds)], {
    encoding: "utf8",
  });
  return Number(line.trim().split(" ")[2]);
}

/** Lines of a file, by its newlines. */
export function lines(file: string): number {
  if (!existsSync(file) || statSync(file).size === 0) return 0;
  return Number(execFileSync("wc", ["-l", file], { encoding: "utf8" }).split(" ")[0]);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
