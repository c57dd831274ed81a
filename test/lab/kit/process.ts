import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Runs a command and returns its standard output; throws with both outputs if it fails. `input` goes to it. */
export function sh(command: string, args: readonly string[], input?: string): string {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      timeout: 30_000,
      input,
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
}

/** Waits until `test` is true; throws after `seconds`, naming `what`. */
export async function until(what: string, seconds: number, test: () => boolean): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!test()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(20);
  }
}

export interface Finished {
  /** Exit status; undefined if a signal ended it. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child whose outputs are collected. */
export class Child {
  stdout = "";
  stderr = "";
  readonly process: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.process = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.closed = once(this.process, "close");
    this.closed.catch(() => {});
  }

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Sends the signal and waits for the end; throws if that takes longer than `seconds`. */
  async end(signal?: NodeJS.Signals, seconds = 30): Promise<Finished> {
    if (signal) this.process.kill(signal);
    const late = sleep(seconds * 1000, "late" as const, { ref: false });
    if ((await Promise.race([this.closed, late])) === "late") {
      this.process.kill("SIGKILL");
      throw new Error(`${this.process.spawnargs.join(" ")} did not end in ${seconds} s\n${this.stderr}`);
    }
    return {
      status: this.process.exitCode ?? undefined,
      signal: this.process.signalCode ?? undefined,
      stdout: this.stdout,
      stderr: this.stderr,
    };
  }
}
