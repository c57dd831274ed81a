import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Terminal } from "../../repl/terminal.ts";
import { play, readWalkthrough } from "../../repl/walkthrough.ts";
import { type Case, type Kernel, withoutKprobeMulti } from "../kit/case.ts";

/** The prompt in a terminal, with function probes: what test/repl tries with tracepoints alone. */

const alone = (pwq: string): string => `exec unshare -n bash -c 'ip link set lo up; exec "${pwq}"'`;

/** Lines of the page that do not depend on which functions a kernel has; how many are attached does. */
const ANYWHERE = /^(pwq: saved|\d+$|8125: \d+$|warning: | {2}who listens| +why: )/;
const elsewhere = (line: string): string | undefined =>
  ANYWHERE.test(line) ? line : /^pwq: (.* )?attached to /.exec(line)?.[0].concat("…");

/** Several traces are attached one after another, which takes minutes under emulation: `--only prompt` runs them. */
const onRequest = (kernel: Kernel): string | undefined =>
  withoutKprobeMulti(kernel) ??
  (process.env.PWQ_LAB_ONLY ? undefined : "takes minutes, so only when asked for");

/** Milliseconds that a query may take to have the place of another, in an emulated guest. */
const MOST_MS = 5000;

export default [
  {
    name: "prompt: the walk-through of docs/repl.md finds its fault with function probes, too",
    unless: onRequest,
    timeout: 400,
    async run({ pwq }) {
      const page = readFileSync(join(dirname(pwq.command), "../docs/repl.md"), "utf8");
      const terminal = new Terminal(alone(pwq.command), { columns: 180, rows: 60 });
      try {
        await terminal.until(/pwq>$/);
        const steps = readWalkthrough(page);
        await play(steps, { terminal, pwq: pwq.command, elsewhere });
      } finally {
        terminal.close();
      }
    },
  },
  {
    name: "prompt: a query takes another's place without a new attachment, and no event of one is shown as the other's",
    unless: onRequest,
    timeout: 400,
    async run({ pwq, mark }) {
      const terminal = new Terminal(alone(pwq.command), { columns: 120, rows: 60 });
      try {
        await terminal.until(/pwq>$/);
        // Both kinds of packets are on their way all the time; what is shown has to stay on the screen.
        const traffic =
          "for i in $(seq 1000); do for p in 6001 6002; do echo x >/dev/udp/127.0.0.1/$p; done; sleep 0.4; done";
        const sender = Number(
          execFileSync(
            "nsenter",
            ["-t", terminal.pid, "-n", "bash", "-c", `(${traffic}) >/dev/null 2>&1 & echo $!`],
            {
              encoding: "utf8",
            },
          ),
        );
        const took: number[] = [];
        terminal.enter("trace skb where udp.dport == 6001 until drop when drop show udp.dport as port");
        await terminal.until(/attached to \d+ functions[\s\S]*dropped: NO_SOCKET/);
        for (const [count, port] of [6002, 6001, 6002].entries()) {
          // As long as a person takes to look at it.
          await sleep(2000);
          terminal.enter(
            `trace skb where udp.dport == ${port} until drop, deliver when drop show udp.dport as port, len`,
          );
          const screen = await terminal.until(
            new RegExp(`(took the place[\\s\\S]*){${count + 1}}dropped: NO_SOCKET \\(end\\)`),
          );
          took.push(Number(/within (\d+) ms(?![\s\S]*within \d+ ms)/.exec(screen)![1]));
        }
        terminal.press("C-c");
        const screen = await terminal.until(/(lost \d+ in[\s\S]*){4}pwq>$/);
        process.kill(sender);
        eachAlone(screen);
        if (/took the place[\s\S]*attaching to/.test(screen)) throw new Error(`attached again:\n${screen}`);
        mark(`queries took each other's place in ${took.join(", ")} ms (emulated)`, true);
        if (Math.max(...took) > MOST_MS) throw new Error(`taking the place took ${took.join(", ")} ms`);
      } finally {
        terminal.close();
      }
    },
  },
] satisfies readonly Case[];

/** Between two summaries all rows are of one port, the one that the query is about, and nothing is lost. */
function eachAlone(screen: string): void {
  const parts = screen.split(/^pwq: \d+ events, .*$/m);
  const ports = [6001, 6002, 6001, 6002];
  parts.slice(0, ports.length).forEach((part, i) => {
    const rows = [...part.matchAll(/^\d\d:\d\d:\d\d\.\d+ +\d+ +(\d+) /gm)].map(([, port]) => Number(port));
    if (rows.length === 0) throw new Error(`no event of query ${i + 1}:\n${part}`);
    const other = rows.find((port) => port !== ports[i]);
    if (other !== undefined) throw new Error(`port ${other} among the events of query ${i + 1}:\n${part}`);
  });
  const lost = [...screen.matchAll(/lost (\d+) in/g)].filter(([, count]) => count !== "0");
  if (lost.length > 0) throw new Error(`lost: ${lost.map(([text]) => text).join(", ")}`);
}
