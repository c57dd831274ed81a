import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../kit/case.ts";
import { complete, every, packets, refuses, values } from "../kit/expect.ts";
import { sh, until } from "../kit/process.ts";
import { recording } from "../kit/pwq.ts";

/** How a trace begins and ends. `trace drop` is used where the points do not matter: it starts fast. */
const attached = (): string => sh("bpftool", ["link", "list"]) + sh("bpftool", ["prog", "list"]);

export default [
  {
    name: "`limit`, `stop when` and `for` end the trace",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const traces = await Promise.all([
        pwq.trace("trace drop where udp.dport == 6006 limit 3 packets show udp.dport"),
        pwq.trace("trace drop where udp.dport == 6006 limit 4 events show udp.dport"),
        pwq.trace("trace drop where udp.dport in {6006, 6007} stop when udp.dport == 6007 show udp.dport"),
        pwq.trace("trace drop where udp.dport == 6006 for 3s show udp.dport"),
      ]);
      client.udp("10.0.0.2", 6006, { count: 10 });
      client.udp("10.0.0.2", 6007);
      const [byPackets, byEvents, byExpression, byTime] = await Promise.all(
        traces.map((trace) => trace.ended()),
      );
      if (byPackets!.end.packets !== 3) throw new Error(`limit 3 packets: ${byPackets!.end.packets}`);
      if (byEvents!.events.length !== 4) throw new Error(`limit 4 events: ${byEvents!.events.length}`);
      if (byExpression!.events.at(-1)?.["udp.dport"] !== 6007)
        throw new Error("stop when: the event that stops is shown");
      if (byTime!.end.seconds < 2.9) throw new Error(`for 3s: ended after ${byTime!.end.seconds} s`);
    },
  },
  {
    name: "`sample` and `rate` thin out packets, and say so",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const [sampled, rated] = await Promise.all([
        pwq.trace("trace drop where udp.dport == 6006 sample 1/4 show udp.dport"),
        pwq.trace("trace drop where udp.dport == 6006 rate 2/s show udp.dport"),
      ]);
      client.udp("10.0.0.2", 6006, { count: 200 });
      const [sample, rate] = await Promise.all([sampled.stop(), rated.stop()]);
      const seen = packets(sample).length;
      if (seen < 20 || seen > 90) throw new Error(`one of four of 200 is about 50, not ${seen}`);
      if (packets(rate).length < 2 || packets(rate).length > 20)
        throw new Error(`2/s: ${packets(rate).length}`);
    },
  },
  {
    name: "several queries in one file, with parameters, as an executable",
    async run({ hosts, pwq, folder }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6005");
      const file = join(folder, "two.pwq");
      writeFileSync(
        file,
        [
          `#!/usr/bin/env -S ${pwq.command} run`,
          "pwq 1",
          "## Two queries, one attachment.",
          'param port: port = 1 "which port"',
          "def mine = udp.dport == $port",
          "trace drop where mine show udp.dport as dropped",
          "trace skb at ip_rcv where mine or udp.dport == 6006 show udp.dport as arrived",
          "",
        ].join("\n"),
      );
      chmodSync(file, 0o755);
      const info = sh(pwq.command, ["info", file]);
      if (!info.includes("Two queries") || !info.includes("port")) throw new Error(info);
      const trace = await pwq.trace("", { program: [file, "port=6005"] });
      client.udp("10.0.0.2", 6005, { count: 2 });
      client.udp("10.0.0.2", 6006);
      client.udp("10.0.0.2", 6007);
      const recorded = await trace.stop();
      complete(recorded);
      values(
        recorded.events.filter((event) => "dropped" in event),
        "dropped",
        [6005],
      );
      values(
        recorded.events.filter((event) => "arrived" in event),
        "arrived",
        [6005, 6006],
      );
      if (recorded.events.length !== 5)
        throw new Error(`2 drops and 3 arrivals, not ${recorded.events.length} events`);
      const direct = pwq.exec(file, "port=6005", "--limit", "2", "--json");
      await until("the executable traces", 30, () => {
        client.udp("10.0.0.2", 6005);
        return direct.ended;
      });
      values(recording(await direct.end()).events, "dropped", [6005]);
    },
  },
  {
    name: "`-- COMMAND`: traced from its start to its end, its status reported, pwq's own status apart",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("tcp dport 443");
      const query = "trace drop where tcp.dport == 443 show drop.reason";
      const recorded = await pwq.record(query, "--", ...client.connectCommand("10.0.0.2", 443));
      complete(recorded);
      values(recorded.events, "drop.reason", ["NETFILTER_DROP"]);
      const failing = await pwq.run("run", "-e", query, "--", "sh", "-c", "exit 7");
      if (failing.status !== 0 || !failing.stderr.includes("7"))
        throw new Error(`${failing.status}: ${failing.stderr}`);
      refuses(
        await pwq.run("run", "-e", query, "--", "/no/such/program"),
        2,
        /PWQ\d{4}.*\/no\/such\/program/s,
      );
    },
  },
  {
    name: "Ctrl-C, SIGTERM and Ctrl-C twice: an end in order, nothing left attached",
    async run({ hosts, pwq, at }) {
      const { client } = hosts.pair();
      const before = attached();
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        const trace = await pwq.trace(`trace skb ${at} where udp.dport == 6012 until drop show drop.reason`);
        if (attached() === before) throw new Error("nothing is attached");
        client.udp("10.0.0.2", 6012);
        const recorded = await trace.stop(signal);
        complete(recorded);
        packets(recorded);
        if (recorded.events.length === 0) throw new Error(`${signal}: the events before it are lost`);
        if (attached() !== before) throw new Error(`${signal}: left attached:\n${attached()}`);
      }
      const trace = await pwq.trace(`trace skb ${at} where udp.dport == 6012`);
      trace.child.process.kill("SIGINT");
      trace.child.process.kill("SIGINT");
      await trace.child.end(undefined, 10);
      await until("all is detached", 5, () => attached() === before);
    },
  },
  {
    name: "two at a time see their own packets",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const traces = await Promise.all(
        [6001, 6002].map((port) =>
          pwq.trace(`trace skb at ip_rcv, drop where udp.dport == ${port} until drop show udp.dport`),
        ),
      );
      client.udp("10.0.0.2", 6001);
      client.udp("10.0.0.2", 6002);
      const [first, second] = await Promise.all(traces.map((trace) => trace.stop()));
      values(first!.events, "udp.dport", [6001]);
      values(second!.events, "udp.dport", [6002]);
      every(first!.events, "one packet", (event) => event.packet === 1);
      every(second!.events, "one packet", (event) => event.packet === 1);
    },
  },
] satisfies Case[];
