import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { release } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, type Kernel, pointsFor, Skip } from "./kit/case.ts";
import { Hosts } from "./kit/hosts.ts";
import { Pwq } from "./kit/pwq.ts";

/**
 * Runs cases one after another in the guest and appends one JSON line for each to `$OUT/results`.
 * One at a time, because every trace slows down every packet.
 */
export interface Setup {
  readonly out: string;
  /** `dist/pwq` */
  readonly program: string;
  /** The program of send.c. */
  readonly send: string;
  /** The object of programs.bpf.c. */
  readonly programs: string;
  /** The folder of the fault scripts. */
  readonly faults: string;
}

export interface Result {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly seconds: number;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly marks?: Readonly<Record<string, boolean>>;
}

export async function runCases(cases: readonly Case[], setup: Setup): Promise<void> {
  const kernel = thisKernel();
  const ordered = [...cases].sort((a, b) => Number(a.last ?? false) - Number(b.last ?? false));
  for (const [i, test] of ordered.entries()) {
    const result = await runTwice(test, i, kernel, setup);
    appendFileSync(`${setup.out}/results`, `${JSON.stringify(result)}\n`);
  }
}

/**
 * Under emulation on a busy machine a deadline can pass for no fault of the program: a case that fails is run once more,
 * and one that then passes says so.
 */
async function runTwice(test: Case, number: number, kernel: Kernel, setup: Setup): Promise<Result> {
  const first = await runCase(test, number, kernel, setup);
  if (first.outcome !== "failed") return first;
  const second = await runCase(test, number, kernel, setup);
  const seconds = first.seconds + second.seconds;
  const said = `first: ${first.reason?.split("\n", 1)[0]}`;
  if (second.outcome === "failed") return { ...second, seconds, reason: `${said}\nthen: ${second.reason}` };
  return { ...second, seconds, reason: `passed at the second attempt; ${said}` };
}

async function runCase(test: Case, number: number, kernel: Kernel, setup: Setup): Promise<Result> {
  const reason = test.unless?.(kernel);
  if (reason !== undefined) return { name: test.name, outcome: "skipped", seconds: 0, reason };
  const folder = `/tmp/case-${number}`;
  mkdirSync(folder, { recursive: true });
  const hosts = new Hosts(String(number), setup.send);
  const pwq = new Pwq(setup.program, folder);
  const marks: Record<string, boolean> = {};
  const mark = (row: string, passed: boolean): void => {
    marks[row] = passed;
  };
  const start = Date.now();
  const end = async (outcome: Result["outcome"], reason?: string): Promise<Result> => {
    pwq.kill();
    hosts.remove();
    rmSync(folder, { recursive: true, force: true });
    const seconds = (Date.now() - start) / 1000;
    return {
      name: test.name,
      outcome,
      seconds,
      ...(reason && { reason }),
      ...(Object.keys(marks).length > 0 && { marks }),
    };
  };
  try {
    const seconds = test.timeout ?? 90;
    const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
      throw new Error(`not done in ${seconds} s`);
    });
    await Promise.race([
      (async () =>
        test.run({
          kernel,
          hosts,
          pwq,
          at: pointsFor(kernel),
          programs: setup.programs,
          faults: setup.faults,
          folder,
          mark,
        }))(),
      late,
    ]);
    return await end("passed");
  } catch (error) {
    if (error instanceof Skip) return await end("skipped", error.message);
    return await end("failed", error instanceof Error ? error.message : String(error));
  }
}

function thisKernel(): Kernel {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return { release: release(), major, minor };
}
