import { readFileSync } from "node:fs";
import type { Case } from "../kit/case.ts";
import { complete, passes } from "../kit/expect.ts";
import { recording } from "../kit/pwq.ts";

/** Kprobes without kprobe-multi: what they leave in tracefs while they run, and nothing after. */
const FUNCTIONS = "ip_rcv, ip_local_deliver, udp_rcv";
const QUERY = `trace skb at ${FUNCTIONS} where udp.dport == 6006 show udp.dport`;
const PATH = ["ip_rcv", "ip_local_deliver", "udp_rcv"];
const KPROBE = ["--backend", "kprobe"];

const ours = (): string[] =>
  readFileSync("/sys/kernel/tracing/kprobe_events", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("p:pwq/"));

/** Set while the event is removed. */
const expedited = (): string => readFileSync("/sys/kernel/rcu_expedited", "utf8").trim();

function none(when: string): void {
  if (ours().length > 0) throw new Error(`${when}, kprobe_events still has\n${ours().join("\n")}`);
}

export default [
  {
    name: "kprobes of all functions are one trace event, which is gone with the trace",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const before = expedited();
      const trace = await pwq.trace(QUERY, { options: KPROBE });
      const events = new Set(ours().map((line) => line.split(" ")[0]));
      if (ours().length < PATH.length || events.size !== 1)
        throw new Error(`not one event:\n${ours().join("\n")}`);
      client.udp("10.0.0.2", 6006);
      const recorded = await trace.stop();
      complete(recorded);
      passes(recorded.events, PATH);
      none("after the trace");
      if (expedited() !== before) throw new Error(`rcu_expedited was ${before} and is ${expedited()}`);
    },
  },
  {
    name: "what a killed trace leaves in kprobe_events, the next one removes",
    async run({ pwq }) {
      const killed = await pwq.trace(QUERY, { options: KPROBE });
      await killed.child.end("SIGKILL");
      await (await pwq.trace(QUERY, { options: KPROBE })).stop();
      none("after the next trace");
    },
  },
  {
    name: "with a read-only tracefs each kprobe has its own perf event",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const query = "trace skb at ip_rcv, tcp_v4_rcv where tcp.dport == 6006 show tcp.dport";
      const command = client.connectCommand("10.0.0.2", 6006);
      const readOnly = [
        "unshare",
        "-m",
        "sh",
        "-c",
        'mount -o remount,bind,ro /sys/kernel/tracing && exec "$0" "$@"',
      ];
      const child = pwq.spawnAs(readOnly, ["run", "-e", query, ...KPROBE, "--json", "--", ...command]);
      const recorded = recording(await child.end());
      complete(recorded);
      passes(recorded.events, ["ip_rcv", "tcp_v4_rcv"]);
    },
  },
] satisfies Case[];
