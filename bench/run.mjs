#!/usr/bin/env node
// Compares pwq with Debian's pwru in a boot of a stock 6.12 kernel and one of 6.1, and measures what needs no kernel here.
//   node bench/run.mjs [--rounds N] [--json FILE]
// Needs what `scripts/setup lab` installs, and libpcap, which pwru is linked to.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..");
const pwq = join(root, "dist/pwq");
const lab = join(root, "test/lab/lab");
const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, json: { type: "string" } },
});
const rounds = Number(options.rounds);
const scratch = mkdtempSync(join(tmpdir(), "pwq-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Median seconds of a command here. */
function timed(...args) {
  const times = Array.from({ length: 4 * rounds - 1 }, () => {
    const from = performance.now();
    const { status, stderr } = spawnSync(pwq, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - from) / 1000;
  });
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Boots Debian's kernel of a suite for these measurements; their figures. */
async function inGuest(suite, ...parts) {
  const tree = execFileSync(lab, ["package", "sid", "pwru"], { encoding: "utf8" }).trim();
  const pwru = execFileSync("find", [tree, "-name", "pwru", "-path", "*bin*"], { encoding: "utf8" }).trim();
  const send = join(scratch, "send");
  execFileSync("cc", ["-O2", "-o", send, join(root, "test/lab/kit/send.c")]);
  const bench = { pwq, pwru, send, rounds };
  await build({
    stdin: {
      contents: `import { runBench } from "./guest.ts"; await runBench(${JSON.stringify(bench)}, "/out", ${JSON.stringify(parts)});`,
      resolveDir: here,
      loader: "ts",
    },
    outfile: join(scratch, "guest.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const lines = [
    `export PATH='${dirname(process.execPath)}':$PATH`,
    // As where it is installed: the guest has another processor than this machine.
    `node '${root}/scripts/build.mjs' snapshot`,
    `node '${scratch}/guest.mjs'`,
  ];
  writeFileSync(join(scratch, "script"), `${lines.join("\n")}\n`);
  const out = join(scratch, suite);
  const { status } = spawnSync(lab, ["run", suite, join(scratch, "script")], {
    stdio: "inherit",
    env: { TIMEOUT: "1500", ...process.env, LAB_OUT: out },
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(readFileSync(join(out, "bench.json"), "utf8"));
}

const tenLines = join(scratch, "ten.pwq");
writeFileSync(
  tenLines,
  `pwq 1
## Packets that a firewall refuses.
@tags drop
param net: cidr = 0.0.0.0/0 "only packets to this network"
param port: port = 443
def web = tcp.dport == $port or tcp.sport == $port
def local = ip.dst in {10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16}
trace skb where web and not local and ip.dst in $net
  until drop
  show mark, netns
`,
);
const local = { version: timed("--version"), check: timed("check", tenLines) };
const guest = await inGuest("bookworm-backports", "attaching", "slowdown", "costs", "delivery");
// Without kprobe-multi; the one round takes minutes.
const old = await inGuest("bookworm", "detaching");
const s = (seconds) => `${seconds.toFixed(2)} s`;
const n = (count) => Math.round(count).toLocaleString("en");
const x = (ratio) => `${ratio.toFixed(1)} ×`;
const row = (...cells) => `| ${cells.join(" | ")} |`;
const table = [
  row("", "pwru", "pwq", "ratio"),
  row("---", "---:", "---:", "---:"),
  row(
    "start to attached, all functions",
    s(guest["attach all, pwru"]),
    s(guest["attach all, pwq"]),
    x(guest["attach all, pwru"] / guest["attach all, pwq"]),
  ),
  row(
    "start to attached, drops",
    s(guest["attach drop, pwru"]),
    s(guest["attach drop, pwq"]),
    x(guest["attach drop, pwru"] / guest["attach drop, pwq"]),
  ),
  row(
    `UDP sender while nothing matches, packets/s (untraced ${n(guest["send, untraced"])})`,
    n(guest["send, pwru"]),
    n(guest["send, pwq"]),
    x(guest["send, pwq"] / guest["send, pwru"]),
  ),
  row(
    "a hit of a packet that does not match, ns",
    n(guest["hit, pwru"]),
    n(guest["hit, pwq"]),
    x(guest["hit, pwru"] / guest["hit, pwq"]),
  ),
  row(
    "events written to a file, events/s",
    n(guest["deliver, pwru"]),
    n(guest["deliver, pwq"]),
    x(guest["deliver, pwq"] / guest["deliver, pwru"]),
  ),
];
for (const step of ["attach", "detach"]) {
  const [theirs, ours] = [old[`${step}, pwru`], old[`${step}, pwq`]];
  table.push(row(`${step} all functions on 6.1, without kprobe-multi`, s(theirs), s(ours), x(theirs / ours)));
}
/** Seconds that tracing adds to a packet. */
const added = (rate) => 1 / rate - 1 / guest["send, untraced"];
const path = added(guest["send, pwq"]) / added(guest["send, pwq at path"]);
const share = Math.round((100 * guest["send, pwq"]) / guest["send, untraced"]);
console.log(`\n${table.join("\n")}\n`);
console.log(`The traced sender has ${share} % of the untraced rate under pwq.`);
console.log(`\`at all\` costs ${x(path)} of what \`at path\` does, by what they add to each of its packets.`);
console.log(
  `pwq's last flood: ${n(guest["deliver, pwq produced"])} produced, ${n(guest["deliver, pwq lost"])} lost.`,
);
console.log(
  `pwq --version: ${s(local.version)}; pwq check of a ten-line file: ${s(local.check)} (this machine).`,
);
if (options.json) writeFileSync(options.json, JSON.stringify({ ...guest, ...old, ...local }, null, 2));
