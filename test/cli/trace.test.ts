import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, build } from "./build.ts";
import { emptyFolder, PWQ, type Result, shell } from "./pwq.ts";

/** Traces of the running kernel, of packets on the loopback of a network namespace that goes away with the test. */

const TOOLS = ["unshare", "ip", "bpftool", "setpriv"];
const missing =
  process.getuid?.() !== 0
    ? "needs root"
    : TOOLS.map((tool) => `${tool} is not installed`).find(
        (_, i) => !(process.env.PATH ?? "").split(delimiter).some((dir) => existsSync(join(dir, TOOLS[i]!))),
      );
const title = missing ? `a trace (skipped: ${missing})` : "a trace";

/** Runs a line of shell in a network namespace of its own; `send PORT N` sends N datagrams to a port nobody listens on. */
const alone = (line: string): Promise<Result> => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "line.sh"), `pwq() { "${PWQ}" "$@"; }\n${SEND}\n${line}\n`);
  return shell("unshare -n bash -c 'ip link set lo up; . ./line.sh'", { cwd: folder });
};
const SEND = `
send() { for i in $(seq "$2"); do echo x > /dev/udp/127.0.0.1/"$1" || :; done 2>/dev/null; }
export -f send`;

type Line = Record<string, unknown> & { type: string };
const lines = (text: string): Line[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const events = (text: string): Line[] => lines(text).filter(({ type }) => type === "event");
const end = (text: string): Line => lines(text).at(-1)!;

/** Programs of pwq that are loaded now, whoever loaded them. */
const loaded = (): number =>
  (
    JSON.parse(execFileSync("bpftool", ["-j", "prog", "show"], { encoding: "utf8" })) as { name?: string }[]
  ).filter(({ name }) => name?.startsWith("pwq_")).length;

/** The same when it has been one number for a second: the kernel frees programs some time after the last user has gone. */
async function settled(): Promise<number> {
  let count = loaded();
  for (let calm = 0; calm < 5; calm++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = loaded();
    if (now !== count) calm = -1;
    count = now;
  }
  return count;
}

beforeAll(() => {
  build();
}, BUILD_MS);

describe.skipIf(missing !== undefined)(title, () => {
  test("with a file of hooks", async () => {
    const { stdout, stderr, status } = await alone(`
      echo 'let n = 0; on("event", (e) => { n += e.udp.dport ?? 0; drop(); }); on("stop", () => print(n > 0))' > hooks.ts
      pwq run -e "trace skb where udp.dport == 5301 until drop" --hook hooks.ts -- bash -c 'send 5301 3'`);
    expect([stdout, status]).toEqual(["true\n", 0]);
    expect(stderr).toContain("0 events");
  });

  test("of a drop: the packet's way, then the reason and the place", async () => {
    const { stdout, stderr, status } = await alone(
      "pwq 'trace skb where udp.dport == 7001 until drop show udp.sport, mark' --json -- bash -c 'send 7001 1; send 7002 1'",
    );
    const way = events(stdout);
    expect(way.length).toBeGreaterThan(2);
    expect(new Set(way.map(({ packet }) => packet))).toEqual(new Set([1]));
    expect(way.at(-1)).toMatchObject({ "drop.reason": "NO_SOCKET", mark: 0, last: true });
    expect(way.at(-1)!["drop.location"]).toMatch(/^\w+\+0x[0-9a-f]+$/);
    expect(way.map(({ time }) => time)).toEqual(way.map(({ time }) => time).toSorted());
    expect(Math.abs(Date.parse(String(way[0]!.time)) - Date.now())).toBeLessThan(60_000);
    expect(end(stdout)).toMatchObject({
      type: "end",
      packets: 1,
      lost: 0,
      command: { status: 0, signal: null },
    });
    expect(stderr).toMatch(/\d+ events, 1 packet, lost 0 in \d+\.\d s; the command exited with 0\n$/);
    expect(status).toBe(0);
  });

  test("elapsed and delta: to the nanosecond, in show and in when; the first event has no delta", async () => {
    const { stdout } = await alone(
      "pwq 'trace skb where udp.dport == 7015 until drop show elapsed, delta' --json --quiet -- bash -c 'send 7015 1'; pwq 'trace skb where udp.dport == 7016 when delta > 0 or elapsed > 1h until drop show elapsed' --json --quiet -- bash -c 'send 7016 1'",
    );
    const whole = stdout.slice(0, stdout.lastIndexOf('{"type":"start"'));
    const way = events(whole);
    const nanoseconds = (event: Line | undefined): bigint => {
      const [seconds = "", rest = ""] = String(event!.time).split(".");
      return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(rest.slice(0, 9));
    };
    expect(way.length).toBeGreaterThan(3);
    way.forEach((event, i) => {
      expect(event.elapsed).toBe(Number(nanoseconds(event) - nanoseconds(way[0])));
      expect(event.delta).toBe(i === 0 ? null : Number(nanoseconds(event) - nanoseconds(way[i - 1])));
    });
    const shown = events(stdout.slice(whole.length));
    expect(shown).toHaveLength(way.length - 1);
    for (const { elapsed } of shown) expect(elapsed).toBeGreaterThan(0);
  });

  test("as a table, with what the command prints kept apart", async () => {
    const { stdout, stderr } = await alone(
      "pwq 'trace drop where udp.dport == 7003 show mark' -- bash -c 'echo from the command; send 7003 1'",
    );
    const [header, line, why, ...rest] = stdout.trimEnd().split("\n");
    expect(header).toMatch(/^TIME +PACKET +MARK +FUNC$/);
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{6} +1 +0x0 +\w+\+0x[0-9a-f]+ dropped: NO_SOCKET( \(end\))?$/);
    expect(why).toMatch(/^ +why: no socket takes UDP port 7003 .*\?$/);
    expect(rest).toEqual([]);
    expect(stderr).toContain("from the command\n");
  });

  test("--limit is exact, and all that was shown is counted", async () => {
    const { stdout } = await alone(
      "pwq 'trace drop where udp.dport == 7004' --json --quiet --limit 7 -- bash -c 'send 7004 50; sleep 5'",
    );
    expect(events(stdout)).toHaveLength(7);
    expect(end(stdout)).toMatchObject({ events: 7, packets: 7, reason: "limit" });
  });

  test("limit N packets: whole journeys of N packets", async () => {
    const { stdout } = await alone(
      "pwq 'trace skb where udp.dport == 7005 until drop limit 2 packets' --json --quiet -- bash -c 'send 7005 20; sleep 5'",
    );
    const lastOf = new Map(events(stdout).map((event) => [event.packet, event]));
    expect([...lastOf.keys()]).toEqual([1, 2]);
    for (const event of lastOf.values()) expect(event).toMatchObject({ last: true });
    expect(end(stdout)).toMatchObject({ packets: 2, reason: "limit" });
  });

  test("--for ends it after that time", async () => {
    const { stdout, status } = await alone(
      "pwq 'trace drop where udp.dport == 7006' --json --quiet --for 200ms",
    );
    expect(end(stdout)).toMatchObject({ reason: "time" });
    expect(Number(end(stdout).seconds)).toBeGreaterThanOrEqual(0.2);
    expect(status).toBe(0);
  });

  test("--ready-file: what comes after it is seen", async () => {
    const { stdout } = await alone(
      "pwq 'trace drop where udp.dport == 7007' --json --quiet --limit 1 --ready-file ready > out & until [ -e ready ]; do sleep 0.05; done; send 7007 1; wait; cat out",
    );
    expect(events(stdout)).toHaveLength(1);
  });

  test("--output-max-size: files that follow each other, each of which explains itself, and nothing is lost", async () => {
    const { stdout, stderr, status } = await alone(
      "pwq 'trace drop where udp.dport == 7013 show payload(64), tuple, comm, mark' --json --output out --output-max-size 64KiB --output-gzip -- bash -c 'send 7013 1000'; ls out*; for part in out.*.gz; do zcat $part; done; cat out",
    );
    expect(status).toBe(0);
    const at = stdout.indexOf("{");
    const names = stdout.slice(0, at).trim().split("\n");
    const files = names.length;
    expect(names).toContain("out.1.gz");
    expect(files).toBeGreaterThan(2);
    const all = lines(stdout.slice(at));
    const starts = all.filter(({ type }) => type === "start");
    expect(starts.map(({ file }) => file)).toEqual([
      undefined,
      ...Array.from({ length: files - 1 }, (_, i) => i + 2),
    ]);
    expect(new Set(all.filter(({ type }) => type === "event").map(({ packet }) => packet)).size).toBe(1000);
    expect(all.at(-1)).toMatchObject({ type: "end", events: 1000, lost: 0, files });
    expect(stderr).toMatch(
      new RegExp(`written to ${files} files; finished and kept: out.1.gz to out.${files - 1}.gz\n`),
    );
  });

  test("--output and --record: the file has what standard output would have, and can be replayed", async () => {
    const { stdout, stderr } = await alone(
      "pwq 'trace drop where udp.dport == 7008' --json --quiet --output out --record rec -- bash -c 'send 7008 3'; cat out; echo ----; pwq replay rec --json --quiet",
    );
    const [first, again] = stdout.split("----\n");
    expect(stderr).toBe("");
    expect(events(first!)).toHaveLength(3);
    expect(events(again!)).toEqual(events(first!));
    expect(end(again!)).toMatchObject({ events: 3, reason: "recording" });
  });

  test("a script with parameters", async () => {
    const bin = emptyFolder();
    symlinkSync(PWQ, join(bin, "pwq"));
    const script = join(bin, "drops.pwq");
    writeFileSync(
      script,
      "#!/usr/bin/env -S pwq run\nparam port: port = 1\ntrace drop where udp.dport == $port show udp.dport\n",
    );
    chmodSync(script, 0o755);
    const { stdout } = await alone(
      `PATH=${bin}:$PATH ${script} port=7009 --json --quiet -- bash -c 'send 7009 2; send 7010 1'`,
    );
    expect(events(stdout).map((event) => event["udp.dport"])).toEqual([7009, 7009]);
  });

  test("signals while it is loaded do not interrupt the verifier", async () => {
    const listen = `process.on("SIGUSR2", () => {}); require("node:fs").writeFileSync("up", "")`;
    const run = `"${process.execPath}" -r ./listen.cjs "${resolve("dist/cli.js")}" 'trace drop' --ready-file ready`;
    const { stderr } = await alone(
      `echo '${listen}' > listen.cjs; ${run} --for 10ms >/dev/null & pid=$!; until [ -e up ]; do sleep 0.01; done; sent=0; until [ -e ready ] || ! kill -USR2 $pid; do sent=1; done; wait $pid; echo "status $? $sent" >&2`,
    );
    expect(stderr).toContain("pwq: attached to 1 tracepoint");
    expect(stderr).toContain("status 0 1\n");
  });

  test("two at a time do not disturb each other", async () => {
    const one = (port: number) =>
      `pwq 'trace drop where udp.dport == ${port}' --json --quiet --ready-file ready${port} --limit 2 > out${port} &`;
    const { stdout } = await alone(
      `${one(7011)} ${one(7012)} until [ -e ready7011 -a -e ready7012 ]; do sleep 0.05; done; send 7011 2; send 7012 2; wait; cat out7011; echo ----; cat out7012`,
    );
    for (const text of stdout.split("----\n")) expect(events(text)).toHaveLength(2);
  });
});

describe.skipIf(missing !== undefined)(`the end of ${title}`, () => {
  /** A trace that has begun, to be ended by `how`. */
  const ended = (how: string): Promise<Result> =>
    alone(
      `"${PWQ}" 'trace drop where udp.dport == 7020' --json --ready-file ready & pid=$!; until [ -e ready ]; do sleep 0.05; done; send 7020 2; sleep 0.3; ${how}; wait $pid; echo "status $?" >&2`,
    );

  test.each(["INT", "TERM", "HUP"])("SIG%s: with everything that came, and a summary", async (signal) => {
    const { stdout, stderr } = await ended(`kill -${signal} $pid`);
    expect(events(stdout)).toHaveLength(2);
    expect(end(stdout)).toMatchObject({ type: "end", events: 2, reason: "signal" });
    expect(stderr).toMatch(/2 events, 2 packets, lost 0 in .*\nstatus 0\n$/);
  });

  test("a second signal: at once, even if nobody reads what is written", async () => {
    const { stderr } = await alone(
      `mkfifo pipe; exec 9<>pipe; "${PWQ}" 'trace drop where udp.dport == 7021' --json --quiet --ready-file ready > pipe & pid=$!; until [ -e ready ]; do sleep 0.05; done; send 7021 2000; sleep 0.5; kill -INT $pid; sleep 0.3; kill -INT $pid; wait $pid; echo "status $?" >&2`,
    );
    expect(stderr).toMatch(/status 130\n$/);
  });

  test("| head: quietly, with status 0", async () => {
    const { stdout, stderr } = await alone(
      "set -o pipefail; pwq 'trace drop where udp.dport == 7022' --json --quiet -- bash -c 'send 7022 300; sleep 0.3; send 7022 300; sleep 5' | head -n 2; echo status $? >&2",
    );
    expect(lines(stdout)).toHaveLength(2);
    expect(stderr).toBe("status 0\n");
  });

  test("a full disk: the error, how many events are whole, and status 1", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "small"));
    const { stdout, stderr } = await alone(
      `unshare -m bash -c 'mount -t tmpfs -o size=16k none ${folder}/small; "${PWQ}" "trace drop where udp.dport == 7023" --json --output ${folder}/small/out -- bash -c "send 7023 400; sleep 5"; echo "status $?" >&2; cat ${folder}/small/out'`,
    );
    const whole = events(stdout).length;
    expect(whole).toBeGreaterThan(10);
    expect(stdout.endsWith("}\n")).toBe(true);
    expect(stderr).toContain(`${whole} of `);
    expect(stderr).toContain("error[PWQ2016]");
    expect(stderr).toMatch(/status 1\n$/);
  });

  test("nothing stays loaded, however it ends", async () => {
    const before = await settled();
    await ended("kill -INT $pid");
    await ended("kill -KILL $pid");
    await alone("pwq 'trace drop' --quiet --output /dev/full --for 1s");
    expect(await settled()).toBe(before);
  });
});

describe.skipIf(missing !== undefined)("without root", () => {
  // The right to read files stays: the clone, or Node, may lie in a private folder such as root's home.
  const readable = "--inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search";
  const nobody = `setpriv --reuid 65534 --regid 65534 --clear-groups ${readable}`;
  const asNobody = (call: string) => shell(`${nobody} "${PWQ}" ${call}`);

  test("a trace says what to type", async () => {
    const { stderr, stdout, status } = await asNobody("'trace drop'");
    expect(stderr).toContain("error[PWQ3001]: tracing needs root\n");
    expect(stderr).toContain(`sudo env "PATH=$PATH" ${PWQ} 'trace drop'`);
    expect([stdout, status]).toEqual(["", 3]);
  });
  test("a mistake in the query is told first", async () => {
    const { stderr, status } = await asNobody("'trace skb where tcp.dprot == 1'");
    expect(stderr).toContain("did you mean `tcp.dport`?");
    expect(status).toBe(2);
  });
  test("check, explain, fields and help work", async () => {
    for (const call of ["check -e 'trace drop'", "explain -e 'trace drop'", "fields tcp.*", "help PWQ3001"]) {
      const { stderr, status } = await asNobody(call);
      expect([call, stderr, status]).toEqual([call, "", 0]);
    }
  });
});
