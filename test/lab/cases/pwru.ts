import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../kit/case.ts";
import { complete, every } from "../kit/expect.ts";
import { sh } from "../kit/process.ts";
import type { Pwq, Trace } from "../kit/pwq.ts";

/** Calls of pwru as `pwq from-pwru` translates them: what it prints is typed, and sees what pwru would see. */

/** The words of the printed line, as a shell takes it apart. */
async function translated(pwq: Pwq, ...args: string[]): Promise<string[]> {
  const { stdout, stderr, status } = await pwq.run("from-pwru", "--", ...args);
  if (status !== 0) throw new Error(stderr);
  const words = sh("sh", ["-c", `pwq() { printf '%s\\0' "$@"; }; ${stdout}`]).split("\0");
  return words.slice(0, -1);
}

async function traceOf(pwq: Pwq, ...args: string[]): Promise<Trace> {
  const [query = "", ...options] = await translated(pwq, ...args);
  return pwq.trace(query, { options });
}

export default [
  {
    name: "pwru's --filter-func, pcap filter, --output-caller, --output-stack and --output-skb-cb",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const trace = await traceOf(
        pwq,
        "--filter-func=ip_(rcv|output)",
        "--output-caller",
        "--output-stack",
        "--output-skb-cb",
        "udp dst port 6041",
      );
      client.udp("10.0.0.2", 6041, { count: 2 });
      client.udp("10.0.0.2", 6042);
      const recorded = await trace.stop();
      complete(recorded);
      const { events } = recorded;
      const count = (func: string): number => events.filter((event) => event.func === func).length;
      if (events.length !== 4 || count("ip_output") !== 2 || count("ip_rcv") !== 2)
        throw new Error(JSON.stringify(events));
      every(events, "an event by itself", ({ packet }) => packet === null);
      every(events, "a caller", ({ caller }) => /^\w+(\.\w+)*\+0x[0-9a-f]+/.test(String(caller)));
      every(events, "the caller is the stack's second frame", ({ caller, stack }) => {
        const frames = stack as readonly string[];
        return frames.length > 3 && frames.slice(0, 3).some((frame) => frame === caller);
      });
      every(events, "five words", (event) => (event["cb.bpf"] as readonly number[]).length === 5);
    },
  },
  {
    name: "pwru's --filter-mark, --filter-netns, --filter-skb-expr and --output-skb-metadata",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const trace = await traceOf(
        pwq,
        "--filter-func",
        "ip_output|ip_rcv",
        "--filter-mark=0x1a7/0xff",
        "--filter-netns",
        `/var/run/netns/${client.name}`,
        "--filter-skb-expr",
        "skb->protocol = 0x0800",
        "--output-skb-metadata=skb->mark,skb->dev->ifindex",
        "--output-tuple=false",
      );
      client.udp("10.0.0.2", 6043, { mark: 0x1a7 });
      client.udp("10.0.0.2", 6043, { mark: 0x1a8 });
      const { events } = await trace.stop();
      if (events.length !== 1) throw new Error(JSON.stringify(events));
      every(events, "what was asked for", (event) => {
        const { func, netns, tuple } = event;
        return (
          func === "ip_output" && netns === client.name && event["skb->mark"] === 0x1a7 && tuple === undefined
        );
      });
    },
  },
  {
    name: "pwru's --filter-track-skb, --timestamp relative, --output-limit-lines and --output-file",
    async run({ hosts, pwq, folder }) {
      const { client } = hosts.pair();
      const file = join(folder, "trace.log");
      const trace = await traceOf(
        pwq,
        "--filter-track-skb",
        "--filter-func",
        "ip_output|veth_xmit|ip_rcv",
        "--timestamp=relative",
        "--output-limit-lines=3",
        "--output-file",
        file,
        "udp port 6044",
      );
      client.udp("10.0.0.2", 6044, { count: 3 });
      await trace.child.end(undefined, 30);
      const lines = readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const events = lines.filter(({ type }) => type === "event");
      const functions = events.map(({ func }) => func).join();
      if (functions !== "ip_output,veth_xmit,ip_rcv") throw new Error(functions);
      const [first, ...later] = events;
      if (first!.delta !== null || later.some(({ delta }) => !(Number(delta) > 0)))
        throw new Error(JSON.stringify(events));
    },
  },
] satisfies Case[];
