import { execFileSync } from "node:child_process";

/** A build on a busy machine. */
export const BUILD_MS = 120_000;

/** Builds dist/pwq, and all it starts, if it is older than its sources; costs little if it is not. */
export function build(): void {
  execFileSync(process.execPath, ["scripts/build.mjs", "program", "launcher", "snapshot"], { stdio: "pipe" });
}
