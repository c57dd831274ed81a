import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Case, Skip, withoutKprobeMulti } from "../kit/case.ts";
import { complete, endsInDrop, onlyPacket, passes, refuses, values } from "../kit/expect.ts";
import { sh } from "../kit/process.ts";
import { recording } from "../kit/pwq.ts";

/** Backends, privileges, and kernels that withhold something. */
const QUERY = "trace skb where udp.dport == 6005 until drop show drop.reason, netns";
const FEW = "trace skb at path, veth_xmit where udp.dport == 6005 until drop show drop.reason, netns";

const backend = (name: string, query: string, path: readonly string[], unless?: Case["unless"]): Case => ({
  name: `--backend ${name} finds the drop`,
  ...(unless && { unless }),
  async run({ hosts, pwq }) {
    const { client, server } = hosts.pair();
    server.dropOnInput("udp dport 6005");
    const trace = await pwq.trace(query, { options: ["--backend", name] });
    client.udp("10.0.0.2", 6005);
    const recorded = await trace.stop();
    complete(recorded);
    if (recorded.start.backend !== name)
      throw new Error(`the backend is said to be ${recorded.start.backend}`);
    const events = onlyPacket(recorded);
    passes(events, path);
    endsInDrop(events, "NETFILTER_DROP");
  },
});

const FUNCTIONS = ["ip_output", "veth_xmit", "ip_rcv", "nf_hook_slow"];

/** Runs pwq in a mount namespace of its own after `prepare`, a shell command. */
const after = (prepare: string): readonly string[] => [
  "unshare",
  "-m",
  "sh",
  "-c",
  `${prepare} && exec "$0" "$@"`,
];
const HIDE_TRACEFS = "umount -l /sys/kernel/tracing; umount -l /sys/kernel/debug; true";

export default [
  backend("kprobe-multi", QUERY, FUNCTIONS, withoutKprobeMulti),
  backend("kprobe", FEW, FUNCTIONS),
  backend("tracepoint", QUERY, []),
  {
    name: "a backend that the kernel lacks is refused by name",
    unless: (kernel) => (withoutKprobeMulti(kernel) ? undefined : "this kernel has all backends"),
    async run({ pwq }) {
      refuses(await pwq.run("run", "-e", QUERY, "--backend", "kprobe-multi"), 3, /kprobe-multi/);
    },
  },
  {
    name: "bpftool loads what `pwq compile` writes",
    async run({ pwq, folder }) {
      const object = join(folder, "query.bpf.o");
      const finished = await pwq.run("compile", "-e", QUERY, "-o", object);
      if (finished.status !== 0) throw new Error(finished.stderr);
      const pin = "/sys/fs/bpf/pwq-lab";
      sh("bpftool", ["prog", "loadall", object, pin]);
      try {
        if (!/\bpwq_/.test(sh("bpftool", ["prog", "list"]))) throw new Error("no program of pwq is loaded");
      } finally {
        sh("rm", ["-r", pin]);
      }
    },
  },
  {
    name: "explain, probes, fields and doctor agree with the kernel",
    async run({ pwq }) {
      const explain = await pwq.run("explain", "-e", QUERY);
      if (explain.status !== 0) throw new Error(explain.stderr);
      if (!/udp\.dport == 6005/.test(explain.stdout))
        throw new Error(`no query text in the listing\n${explain.stdout}`);
      const probes = await pwq.run("probes", "ip_rc*");
      if (probes.status !== 0 || !/\bip_rcv\b/.test(probes.stdout))
        throw new Error(probes.stdout + probes.stderr);
      const doctor = await pwq.run("doctor");
      if (doctor.status !== 0) throw new Error(doctor.stdout + doctor.stderr);
    },
  },
  {
    name: "a function and a module that are not there are named",
    async run({ pwq }) {
      refuses(await pwq.run("run", "-e", "trace skb at ip_recv"), 2, /PWQ\d{4}.*ip_recv/s);
      refuses(await pwq.run("run", "-e", "trace skb at module nf_tabels"), 2, /PWQ\d{4}.*nf_tabels/s);
    },
  },
  {
    name: "without privileges: status 3 and the sudo line",
    async run({ pwq }) {
      // The right to read files stays, so that the clone may lie in a private folder.
      const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"];
      const readable = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"];
      const child = pwq.spawnAs([...nobody, ...readable], ["trace drop"]);
      refuses(await child.end(), 3, /PWQ3001[\s\S]*sudo/);
    },
  },
  {
    name: "root without capabilities, as in a container: status 3",
    async run({ pwq }) {
      const child = pwq.spawnAs(["setpriv", "--bounding-set=-all", "--inh-caps=-all"], ["trace drop"]);
      refuses(await child.end(), 3, /PWQ3001/);
    },
  },
  {
    name: "a read-only tracefs is enough",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const query = "trace skb at ip_rcv where tcp.dport == 443 show tcp.dport";
      const command = client.connectCommand("10.0.0.2", 443);
      const wrapper = after("mount -o remount,bind,ro /sys/kernel/tracing");
      const recorded = recording(await pwq.spawnAs(wrapper, [query, "--json", "--", ...command]).end());
      complete(recorded);
      values(recorded.events, "tcp.dport", [443]);
    },
  },
  {
    name: "without tracefs it works or says what is missing",
    async run({ pwq }) {
      const finished = await pwq
        .spawnAs(after(HIDE_TRACEFS), ["trace skb at ip_rcv for 1s", "--json"])
        .end(undefined, 80);
      if (finished.status !== 0) refuses(finished, 3, /PWQ3005/);
    },
  },
  {
    name: "without BTF: status 3",
    async run({ pwq }) {
      const child = pwq.spawnAs(after("mount -t tmpfs none /sys/kernel/btf"), ["trace drop for 1s"]);
      refuses(await child.end(), 3, /PWQ3002/);
    },
  },
  {
    name: "lockdown: integrity is enough, confidentiality is refused by name",
    last: true,
    async run({ hosts, pwq }) {
      const file = "/sys/kernel/security/lockdown";
      if (!existsSync(file)) throw new Skip("no lockdown in this kernel");
      const { client } = hosts.pair();
      writeFileSync(file, "integrity");
      const trace = await pwq.trace("trace drop where udp.dport == 6005 show drop.reason");
      client.udp("10.0.0.2", 6005);
      values((await trace.stop()).events, "drop.reason", ["NO_SOCKET"]);
      writeFileSync(file, "confidentiality");
      if (!readFileSync(file, "utf8").includes("[confidentiality]")) throw new Skip("lockdown cannot be set");
      refuses(await pwq.run("run", "-e", "trace drop for 1s"), 3, /PWQ3007/);
    },
  },
] satisfies Case[];
