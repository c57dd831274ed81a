import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../kit/case.ts";
import { sh } from "../kit/process.ts";
import type { Event } from "../kit/pwq.ts";

/** On whose behalf something happened: the running task's, or an interrupt's, which belongs to nobody. */

const CGROUPS = "/sys/fs/cgroup";

/** A control group named as Docker names that of a container; `in` makes a command run in it. */
function container(): { readonly id: string; readonly path: string; readonly inode: number } {
  const id = "c0ffee".padEnd(64, "1");
  const path = join(CGROUPS, `docker-${id}.scope`);
  mkdirSync(path);
  return { id: id.slice(0, 12), path, inode: statSync(path).ino };
}

const inside = (path: string, command: readonly string[]): string =>
  sh("sh", ["-c", `echo $$ > ${path}/cgroup.procs; exec "$@"`, "sh", ...command]);

const only = (events: readonly Event[], what: string, test: (event: Event) => boolean): void => {
  const bad = events.filter((event) => !test(event));
  if (bad.length > 0) throw new Error(`${what}\n${JSON.stringify(bad[0])}`);
};

export default [
  {
    name: "sending is the task's work, receiving an interrupt's, and what the task is then stands in brackets",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const trace = await pwq.trace(
        "trace skb at ip_output, ip_rcv where udp.dport == 6021 show context, process, comm",
      );
      client.udp("10.0.0.2", 6021, { count: 3 });
      const { events } = await trace.stop();
      const at = (func: string): Event[] => events.filter((event) => event.func === func);
      if (at("ip_output").length !== 3 || at("ip_rcv").length !== 3) throw new Error(JSON.stringify(events));
      only(at("ip_output"), "not the task's", ({ context, comm }) => context === "TASK" && comm === "send");
      only(at("ip_rcv"), "no interrupt", ({ context }) => context === "SOFTIRQ");
      const table = await pwq.run(
        "trace skb at __ip_queue_xmit, ip_rcv where tcp.dport == 6022 show comm",
        "--",
        ...client.connectCommand("10.0.0.2", 6022, 100),
      );
      const lines = table.stdout.trim().split("\n").slice(1);
      if (!/ send +__ip_queue_xmit$/.test(lines[0] ?? "") || !/ \(\S+\) +ip_rcv$/.test(lines[1] ?? ""))
        throw new Error(table.stdout);
    },
  },
  {
    name: "what a timer sends belongs to the container of the socket, not to the task that was interrupted",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("tcp dport 6023");
      const { id, path, inode } = container();
      try {
        const trace = await pwq.trace(
          "trace skb at __ip_queue_xmit where tcp.dport == 6023 show context, comm, container, cgroup, sk.container, sk.cgroup",
        );
        inside(path, client.connectCommand("10.0.0.2", 6023, 1500));
        const { events } = await trace.stop();
        const [first, ...again] = events;
        if (!first || again.length === 0) throw new Error(`no retransmission\n${JSON.stringify(events)}`);
        only([first], "the task's", (event) => event.context === "TASK" && event.container === id);
        only(again, "the socket's", (event) => event.context === "SOFTIRQ" && event.container === id);
        const name = path.slice(CGROUPS.length);
        only(
          events,
          "the socket's owner",
          (event) => event["sk.container"] === id && event["sk.cgroup"] === name,
        );
        const selected = await pwq.trace(`trace skb at __ip_queue_xmit where sk.cgroup == ${inode} show len`);
        inside(path, client.connectCommand("10.0.0.2", 6023, 100));
        client.connect("10.0.0.2", 6024, 100);
        const { events: chosen } = await selected.stop();
        if (chosen.length !== 1) throw new Error(JSON.stringify(chosen));
      } finally {
        rmdirSync(path);
      }
    },
  },
] satisfies Case[];
