import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { CommandEnd } from "./output/presenter.ts";

/** A program that is started once the trace is attached. */
export interface RunningCommand {
  /** Resolves when it has ended, however. */
  readonly ended: Promise<CommandEnd>;
  /** Asks it to end, if it still runs. */
  stop(): void;
}

/** Whether the system could start this: a path to, or the name in PATH of, an executable file. */
export function canStart(command: string): boolean {
  const places = command.includes("/")
    ? [command]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder || ".", command));
  return places.some(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Its standard output joins standard error, so that it does not mix with the events. */
export function startCommand([command, ...args]: readonly [string, ...string[]]): RunningCommand {
  const child = spawn(command, args, { stdio: ["inherit", 2, 2] });
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once("error", () => resolve({ status: null, signal: null }));
    child.once("exit", (status, signal) => resolve({ status, signal }));
  });
  return {
    ended,
    stop: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    },
  };
}
