import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chosen, enact } from "../faults/enact.ts";
import { judge } from "../faults/judge.ts";
import type { Fault, Release } from "../faults/table.ts";
import { atLeast, type Case, type Kernel, type Lab } from "../kit/case.ts";
import type { Event } from "../kit/pwq.ts";

/**
 * Real faults, one after another under one pwq that follows each with a query of its own: the journey of every packet
 * that a fault hits ends where and why the table says.
 */

/** As many queries as a program may hold, so that the kernels are attached to as seldom as possible. */
const AT_ONCE = 8;
/** Until what the last packet led to has happened too. */
const SETTLE_MILLISECONDS = 300;

interface Window {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
}

const SHOW = "show tuple, netns, iface, drop.reason, drop.location";

async function run(faults: readonly Fault[], lab: Lab): Promise<void> {
  const program = `${lab.folder}/faults.pwq`;
  const queries = faults.map(
    ({ where, at }) => `trace skb at path${at ? `, ${at}` : ""} where ${where} until drop ${SHOW}\n`,
  );
  writeFileSync(program, queries.join(""));
  const trace = await lab.pwq.trace("", { program: [program], patience: 240 });
  const windows: Window[] = [];
  for (const fault of faults) windows.push(await play(fault, lab));
  const recorded = await trace.stop();
  const wrong = windows.flatMap(({ fault, from, to }, query) => {
    const events = recorded.events.filter(
      (event) => (event.query ?? 0) === query && isWithin(event, from, to),
    );
    const lines = judge(fault, events, releaseOf(lab.kernel), recorded.end.lost);
    lab.mark(fault.script, lines.length === 0);
    return lines.length === 0 ? [] : [`${fault.script}: ${lines[0]}`, ...lines.slice(1)];
  });
  const lost = recorded.lost.map(({ cause, count }) => `lost: ${cause} ${count}`);
  if (wrong.length > 0) throw new Error([...wrong, ...lost].join("\n"));
}

/** What happens while the script cleans up does not belong to the fault. */
async function play(fault: Fault, lab: Lab): Promise<Window> {
  try {
    await enact(lab.faults, fault.script, "setup");
    const from = Date.now();
    await enact(lab.faults, fault.script, "traffic");
    await sleep(SETTLE_MILLISECONDS);
    return { fault, from, to: Date.now() };
  } finally {
    await enact(lab.faults, fault.script, "cleanup");
  }
}

const isWithin = (event: Event, from: number, to: number): boolean => {
  const time = Date.parse(event.time);
  return time >= from && time <= to;
};

const releaseOf = (kernel: Kernel): Release =>
  atLeast(kernel, 7, 0) ? "7.2" : atLeast(kernel, 6, 12) ? "6.12" : "6.1";

const faults = chosen();

export default Array.from({ length: Math.ceil(faults.length / AT_ONCE) }, (_, i): Case => {
  const some = faults.slice(i * AT_ONCE, (i + 1) * AT_ONCE);
  return {
    name: `faults ${some[0]!.script} to ${some.at(-1)!.script}: each journey ends at its place, for its reason`,
    timeout: 1200,
    run: (lab) => run(some, lab),
  };
});
