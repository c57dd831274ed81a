import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The built program; test/cli/build.ts makes it. */
export const PWQ = resolve("dist/pwq");

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An empty folder to be in. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "pwq-cli-"));

/** Runs a line of shell in which `pwq` is the built program. */
export function shell(
  line: string,
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Result> {
  const child = spawn("bash", ["-c", `pwq() { "${PWQ}" "$@"; }\n${line}`], {
    cwd: options.cwd ?? emptyFolder(),
    env: { ...process.env, NO_COLOR: "1", PWQ_DEBUG: "", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return collect(child);
}

function collect(child: ReturnType<typeof spawn>): Promise<Result> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((done) => {
    child.once("close", (status, signal) => done({ stdout, stderr, status, signal }));
  });
}
