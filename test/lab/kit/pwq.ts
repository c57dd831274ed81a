import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Child, type Finished, until } from "./process.ts";

/** A line of `--json`. Shown items are further keys, named as in the query. */
export interface Event {
  readonly type: "event";
  readonly time: string;
  readonly packet: number | null;
  readonly func: string;
  readonly query?: number;
  readonly [item: string]: unknown;
}

/** What a trace has written, and how it ended. */
export interface Recording extends Finished {
  readonly start: Readonly<Record<string, unknown>>;
  readonly events: readonly Event[];
  readonly lost: readonly { readonly cause: string; readonly count: number }[];
  readonly cut: readonly { readonly cause: string; readonly count: number; readonly packet?: number }[];
  readonly end: {
    readonly events: number;
    readonly packets: number;
    readonly discarded: number;
    readonly cut: number;
    readonly lost: number;
    readonly seconds: number;
  };
}

export interface TraceOptions {
  /** More of the command line, before `--`. */
  readonly options?: readonly string[];
  /** The program; a text is given with -e, more words are a file and its parameters. */
  readonly program?: readonly string[];
  /** Seconds until attached. */
  readonly patience?: number;
}

/** Starts pwq, and sees to it that nothing of it is left after the case. */
export class Pwq {
  private readonly running: Child[] = [];
  private readonly program: string;
  private readonly folder: string;
  private started = 0;

  constructor(program: string, folder: string) {
    this.program = program;
    this.folder = folder;
  }

  /** The word that starts pwq, for a shell. */
  get command(): string {
    return this.program;
  }

  /** Starts it and does not wait. */
  spawn(...args: string[]): Child {
    return this.spawnAs([], args);
  }

  /** The same through another program, which gets pwq's command line as its last arguments. */
  spawnAs(wrapper: readonly string[], args: readonly string[]): Child {
    const [command, ...words] = [...wrapper, this.program, ...args];
    return this.exec(command!, ...words);
  }

  /** Starts a program that is or becomes pwq. */
  exec(command: string, ...args: string[]): Child {
    const child = new Child(command, args, { NO_COLOR: "1" });
    this.running.push(child);
    return child;
  }

  /** Runs it to its end. */
  run(...args: string[]): Promise<Finished> {
    return this.spawn(...args).end(undefined, 60);
  }

  /** Runs a query with `--json` to its end. */
  async record(query: string, ...args: string[]): Promise<Recording> {
    return recording(await this.run("run", "-e", query, "--json", ...args));
  }

  /** Starts a query with `--json` and waits until it is attached. */
  async trace(query: string, given: TraceOptions = {}): Promise<Trace> {
    const ready = join(this.folder, `ready-${++this.started}`);
    const program = given.program ?? ["-e", query];
    const child = this.spawn("run", ...program, "--json", "--ready-file", ready, ...(given.options ?? []));
    await until(`attached: ${query}`, given.patience ?? 180, () => existsSync(ready) || child.ended);
    if (!existsSync(ready))
      throw new Error(`pwq ended before it was attached\n${child.stderr}${child.stdout}`);
    return new Trace(child);
  }

  kill(): void {
    for (const child of this.running) if (!child.ended) child.process.kill("SIGKILL");
  }
}

/** A running trace. */
export class Trace {
  readonly child: Child;

  constructor(child: Child) {
    this.child = child;
  }

  /** Ctrl-C, then everything it has written. */
  async stop(signal: NodeJS.Signals = "SIGINT", seconds = 60): Promise<Recording> {
    return recording(await this.child.end(signal, seconds));
  }

  /** Waits until it ends by itself. */
  async ended(seconds = 30): Promise<Recording> {
    return recording(await this.child.end(undefined, seconds));
  }
}

/** What a run printed with `--json`; `file` if it was written to one. */
export function recording(finished: Finished, file?: string): Recording {
  const text = file === undefined ? finished.stdout : readFileSync(file, "utf8");
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
  const of = (type: string): Line[] => lines.filter((line) => line.type === type);
  const end = of("end")[0];
  if (finished.status !== 0 || !end) {
    throw new Error(`pwq failed: status ${finished.status} ${finished.signal ?? ""}\n${finished.stderr}`);
  }
  return {
    ...finished,
    start: of("start")[0] ?? {},
    events: of("event") as unknown as Event[],
    lost: of("lost") as unknown as Recording["lost"],
    cut: of("cut") as unknown as Recording["cut"],
    end: end as unknown as Recording["end"],
  };
}

type Line = Readonly<Record<string, unknown>>;

function parseLine(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    throw new Error(`not JSON: ${line}`);
  }
}
