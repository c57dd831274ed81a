import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Case, Skip } from "../kit/case.ts";
import { refuses } from "../kit/expect.ts";
import type { Host } from "../kit/hosts.ts";
import { sh, until } from "../kit/process.ts";
import { recording } from "../kit/pwq.ts";

/** Where events go, and what happens if they cannot. */
function received(host: Host): number {
  const [names, values] = host
    .run("cat", "/proc/net/snmp")
    .split("\n")
    .filter((line) => line.startsWith("Ip:"))
    .map((line) => line.split(" "));
  return Number(values![names!.indexOf("InReceives")]);
}

export default [
  {
    name: "under flood with a small buffer: what was lost and what was printed is what there was",
    async run({ hosts, pwq, folder }) {
      const { client, server } = hosts.pair();
      const file = join(folder, "flood.json");
      const trace = await pwq.trace(
        "trace skb at ip_rcv where udp.dport == 6010 show len, udp.sport, payload(32)",
        {
          options: ["--buffer", "4KiB", "--output", file],
        },
      );
      const before = received(server);
      await client.blast("10.0.0.2", 6010, 3);
      const arrived = received(server) - before;
      const recorded = recording(await trace.child.end("SIGINT", 60), file);
      const lost = recorded.lost.reduce((sum, { count }) => sum + count, 0);
      if (recorded.end.lost !== lost)
        throw new Error(`the summary says ${recorded.end.lost} lost, the lines ${lost}`);
      if (recorded.end.events !== recorded.events.length)
        throw new Error("the summary counts other events than were printed");
      if (recorded.events.length + lost !== arrived) {
        throw new Error(`${arrived} packets arrived, but ${recorded.events.length} printed and ${lost} lost`);
      }
      if (lost === 0) throw new Skip(`the flood of ${arrived} packets was too slow to lose any`);
    },
  },
  {
    name: "a full disk under --output ends the trace with status 1",
    async run({ hosts, pwq, folder }) {
      const { client } = hosts.pair();
      const full = join(folder, "full");
      mkdirSync(full);
      sh("mount", ["-t", "tmpfs", "-o", "size=64k", "none", full]);
      try {
        const trace = await pwq.trace("trace skb at ip_rcv where udp.dport == 6010 show len, udp.sport", {
          options: ["--output", join(full, "out")],
        });
        await client.blast("10.0.0.2", 6010, 2);
        const finished = await trace.child.end(undefined, 20);
        refuses(finished, 1, /no space|full|ENOSPC/i);
        if (sh("bpftool", ["link", "list"]) !== "") throw new Error("left attached");
      } finally {
        sh("umount", [full]);
      }
    },
  },
  {
    name: "a reader that goes away ends the trace quietly",
    async run({ hosts, pwq, folder }) {
      const { client } = hosts.pair();
      const script = `"$0" run -e 'trace skb at ip_rcv where udp.dport == 6010' --json 2>"${folder}/stderr" | head -1`;
      const child = pwq.spawnAs(["bash", "-c", `${script}; exit "\${PIPESTATUS[0]}"`], []);
      await until("`| head -1` has its line", 60, () => {
        client.udp("10.0.0.2", 6010, { count: 20 });
        return child.ended;
      });
      const finished = await child.end();
      const stderr = readFileSync(join(folder, "stderr"), "utf8");
      if (finished.status !== 0) throw new Error(`status ${finished.status}\n${stderr}`);
      if (/^\s+at |EPIPE/m.test(stderr)) throw new Error(stderr);
      if (finished.stdout.trim().split("\n").length !== 1) throw new Error(finished.stdout);
    },
  },
] satisfies Case[];
