import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { type Bench, blast, lines, median, pwq, pwru, start, type Tracer } from "./measure.ts";
import { perHit } from "./per-hit.ts";

/**
 * Runs in the lab's guest: pwq and pwru take turns, so that both meet the machine in the same state.
 * Every figure is the median of `rounds`. Writes `$OUT/bench.json`.
 */
export type Figures = Readonly<Record<string, number>>;

const BLAST_SECONDS = 4;
const ALL = "trace skb where udp.dport == 1";
const PATH = "trace skb at path where udp.dport == 1";
const DROP = "trace drop where udp.dport == 1";
const PWRU_DROPS = ["--filter-func", "kfree_skb_reason|sk_skb_reason_drop"];
const NOTHING = "udp and dst port 1";

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Figures>>> = {
  attaching,
  slowdown,
  costs,
  delivery,
  detaching,
};

/** The named measurements. */
export async function runBench(bench: Bench, out: string, parts: readonly string[]): Promise<void> {
  network();
  const figures: Record<string, number> = {};
  for (const part of parts) Object.assign(figures, await PARTS[part]!(bench));
  writeFileSync(`${out}/bench.json`, JSON.stringify(figures));
}

function network(): void {
  const commands = [
    "netns add a",
    "netns add b",
    "link add va netns a type veth peer name vb netns b",
    "-n a addr add 10.9.0.1/24 dev va",
    "-n b addr add 10.9.0.2/24 dev vb",
    "-n a link set va up",
    "-n b link set vb up",
  ];
  for (const command of commands) execFileSync("ip", command.split(" "));
  // The receiver drops in its firewall, so that no answers are sent.
  const rules =
    "table inet bench { chain in { type filter hook input priority 0; udp dport 1-9999 drop; }; }";
  execFileSync("ip", ["netns", "exec", "b", "nft", rules]);
}

/** Calls each measurement once a round and gives each one's median. */
async function inRounds(
  rounds: number,
  measures: Readonly<Record<string, () => Promise<number>>>,
): Promise<Figures> {
  const seen: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(measures)) {
      const value = await measure();
      console.log(`${round + 1}/${rounds} ${name}: ${value.toFixed(2)}`);
      seen[name] = [...(seen[name] ?? []), value];
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)]));
}

function attaching(bench: Bench): Promise<Figures> {
  const seconds = (tracer: Tracer) => async (): Promise<number> => {
    const running = await start(tracer);
    await running.stop();
    return running.attachSeconds;
  };
  return inRounds(bench.rounds, {
    "attach all, pwru": seconds(pwru(bench, NOTHING)),
    "attach all, pwq": seconds(pwq(bench, ALL)),
    "attach drop, pwru": seconds(pwru(bench, ...PWRU_DROPS, NOTHING)),
    "attach drop, pwq": seconds(pwq(bench, DROP)),
  });
}

function slowdown(bench: Bench): Promise<Figures> {
  const rate = (tracer?: Tracer) => async (): Promise<number> => {
    const running = tracer && (await start(tracer));
    const packets = blast(bench, 9, BLAST_SECONDS);
    await running?.stop();
    return packets;
  };
  return inRounds(bench.rounds, {
    "send, untraced": rate(),
    "send, pwru": rate(pwru(bench, NOTHING)),
    "send, pwq": rate(pwq(bench, ALL)),
    "send, pwq at path": rate(pwq(bench, PATH)),
  });
}

/** From Ctrl-C to the end of the process, with all functions attached. Each in a run of its own: the last may take minutes. */
async function detaching(bench: Bench): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const [name, tracer] of [
    ["pwq", pwq(bench, ALL)],
    ["pwru", pwru(bench, NOTHING)],
  ] as const) {
    const running = await start(tracer, 1000);
    figures[`attach, ${name}`] = running.attachSeconds;
    figures[`detach, ${name}`] = await running.stop();
    console.log(
      `${name}: ${running.attachSeconds.toFixed(2)} s, ${figures[`detach, ${name}`]!.toFixed(2)} s`,
    );
  }
  return figures;
}

function costs(bench: Bench): Promise<Figures> {
  return inRounds(bench.rounds, {
    "hit, pwru": () => perHit(bench, pwru(bench, NOTHING), (name) => name.startsWith("kprobe_skb")),
    "hit, pwq": () => perHit(bench, pwq(bench, ALL), (name) => name.startsWith("pwq_kprobe")),
  });
}

/** Events per second in the file, from the first packet until everything is written. One function, default columns. */
async function delivery(bench: Bench): Promise<Figures> {
  let produced = 0;
  let lost = 0;
  const events = (tracer: Tracer, isPwq: boolean) => async (): Promise<number> => {
    const running = await start(tracer);
    const sentBefore = arrived();
    const from = performance.now();
    blast(bench, 10, BLAST_SECONDS);
    const stopping = await running.stop();
    const seconds = (performance.now() - from) / 1000;
    console.log(
      `  ${arrived() - sentBefore} arrived, ${lines(tracer.file)} lines, stopped in ${stopping.toFixed(2)} s`,
    );
    if (isPwq) {
      const end = lastLine(tracer.file);
      produced = arrived() - sentBefore;
      lost = end.lost;
      if (end.events + lost !== produced)
        throw new Error(`${produced} arrived, but ${end.events} + ${lost} accounted for`);
    }
    return lines(tracer.file) / seconds;
  };
  const figures = await inRounds(bench.rounds, {
    "deliver, pwru": events(pwru(bench, "--filter-func", "ip_rcv", "udp and dst port 10"), false),
    "deliver, pwq": events(
      pwq(bench, "trace skb at ip_rcv follow none where udp.dport == 10", "--json"),
      true,
    ),
  });
  return { ...figures, "deliver, pwq produced": produced, "deliver, pwq lost": lost };
}

/** Packets that came to `ip_rcv` in namespace `b`, by the kernel's own count. */
function arrived(): number {
  const snmp = execFileSync("ip", ["netns", "exec", "b", "cat", "/proc/net/snmp"], { encoding: "utf8" });
  const [names, values] = snmp
    .split("\n")
    .filter((line) => line.startsWith("Ip:"))
    .map((line) => line.split(" "));
  return Number(values![names!.indexOf("InReceives")]);
}

function lastLine(file: string): { readonly events: number; readonly lost: number } {
  return JSON.parse(readFileSync(file, "utf8").trimEnd().split("\n").at(-1)!) as {
    events: number;
    lost: number;
  };
}
