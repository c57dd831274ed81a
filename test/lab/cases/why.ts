import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CAUSES, type Cause } from "../faults/causes.ts";
import { chosen, enact, isShare } from "../faults/enact.ts";
import type { Case, Lab } from "../kit/case.ts";
import { until } from "../kit/process.ts";

/** `pwq why` beside real faults, one after another: it names the cause of each, counts its drops, and reports nothing where nothing is wrong. */

/** What `pwq why --json` says of one cause. */
interface Told {
  readonly type: string;
  readonly count: number;
  readonly final?: true;
  readonly ordinary: boolean;
  readonly first: string;
  readonly "drop.reason": string;
  readonly func: string;
  readonly netns: string | null;
  readonly tuple: string | null;
  readonly why: { readonly text: string; readonly cause?: string };
}

const AT_ONCE = 8;
const SETTLE_MILLISECONDS = 500;
const PATIENCE_SECONDS = 10;

/** What one fault's traffic led to lies between these times. */
interface Window {
  readonly script: string;
  readonly from: number;
  readonly to: number;
}

/** `output`: what pwq has written so far. */
async function play(script: string, lab: Lab, output: () => string): Promise<Window> {
  try {
    await enact(lab.faults, script, "setup");
    const from = Date.now();
    await enact(lab.faults, script, "traffic");
    // On a busy machine pwq may be late, and what it reads afterwards goes with the namespaces.
    const isTold = () =>
      CAUSES[script]!.causes.every(({ cause }) => output().includes(JSON.stringify(cause)));
    await until("told", PATIENCE_SECONDS, isTold).catch(() => {});
    await sleep(SETTLE_MILLISECONDS);
    return { script, from, to: Date.now() };
  } finally {
    await enact(lab.faults, script, "cleanup");
  }
}

/** Everything that `pwq why` tells while the scripts run one after another. */
async function watch(
  scripts: readonly string[],
  lab: Lab,
): Promise<{ readonly told: readonly Told[]; readonly windows: readonly Window[] }> {
  const ready = join(lab.folder, "why-ready");
  rmSync(ready, { force: true });
  const child = lab.pwq.spawn("why", "--json", "--quiet", "--ready-file", ready);
  await until("pwq why is attached", 60, () => existsSync(ready) || child.ended);
  const windows: Window[] = [];
  for (const script of scripts) windows.push(await play(script, lab, () => child.stdout));
  const { status, stdout, stderr } = await child.end("SIGINT", 60);
  if (status !== 0) throw new Error(`pwq why failed: ${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const all = lines.map((line) => JSON.parse(line) as Told);
  return { told: all.filter(({ type, final }) => type === "cause" && final), windows };
}

/** What is wrong, in lines; none: each cause is named with its count, and nothing else is. */
function judge({ causes, also = [] }: Cause, told: readonly Told[]): string[] {
  const reported = told.filter(({ ordinary }) => !ordinary);
  const missing = causes.flatMap(({ cause, count }) => {
    const [least, most] = typeof count === "number" ? [count, count] : count;
    const named = reported.filter(({ why }) => why.cause === cause);
    const drops = named.reduce((sum, one) => sum + one.count, 0);
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    return drops < least || drops > most ? [`${drops} drops have the cause ${cause}, not ${wanted}`] : [];
  });
  const others = reported.filter(
    ({ why }) =>
      !causes.some(({ cause }) => cause === why.cause) && !also.some((pattern) => pattern.test(why.text)),
  );
  const surplus = others.map(({ count }) => `${count} drops have another cause`);
  const wrong = [...missing, ...surplus];
  return wrong.length === 0 ? [] : [...wrong, ...told.map(draw)];
}

/** Whether the fault's drops are reported, whatever is said of them; of one without drops: that none are. */
function isFound({ causes, also = [] }: Cause, told: readonly Told[]): boolean {
  const least = causes.reduce((sum, { count }) => sum + (typeof count === "number" ? count : count[0]), 0);
  const own = told.filter(
    ({ ordinary, why }) => !ordinary && !also.some((pattern) => pattern.test(why.text)),
  );
  const drops = own.reduce((sum, { count }) => sum + count, 0);
  return least === 0 ? drops === 0 : drops >= least;
}

const draw = ({ count, netns, tuple, ordinary, why }: Told): string =>
  `  told${ordinary ? " as ordinary" : ""}: ${count}x ${netns} ${tuple}: ${why.text} [${why.cause ?? "no cause"}]`;

async function run(scripts: readonly string[], lab: Lab): Promise<void> {
  const { told, windows } = await watch(scripts, lab);
  const wrong = windows.flatMap(({ script, from, to }) => {
    const of = told.filter(({ first }) => Date.parse(first) >= from && Date.parse(first) <= to);
    const lines = judge(CAUSES[script]!, of);
    lab.mark(`${script}: found`, isFound(CAUSES[script]!, of));
    lab.mark(`${script}: cause`, lines.length === 0);
    return lines.length === 0 ? [] : [`${script}: ${lines[0]}`, ...lines.slice(1)];
  });
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

/** Of those of this guest every second: each takes as long as in faults.ts. */
const scripts = chosen()
  .filter((_, i) => i % 2 === 0 || !isShare)
  .map(({ script }) => script);

export default [
  {
    name: "why: a control run, in which nothing is wrong, reports nothing",
    timeout: 300,
    run: (lab: Lab) => run(["control"], lab),
  },
  ...Array.from({ length: Math.ceil(scripts.length / AT_ONCE) }, (_, i): Case => {
    const some = scripts.slice(i * AT_ONCE, (i + 1) * AT_ONCE);
    return {
      name: `why: faults ${some[0]!} to ${some.at(-1)!}: each cause is named`,
      timeout: 1200,
      run: (lab) => run(some, lab),
    };
  }),
] satisfies readonly Case[];
