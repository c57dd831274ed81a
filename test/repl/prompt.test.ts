import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { build } from "../cli/build.ts";
import { Terminal } from "./terminal.ts";

/** The prompt as a person sees it; what is traced are packets on the loopback of a namespace of its own. */

const TOOLS = ["tmux", "unshare", "ip"];
const missing =
  process.getuid?.() !== 0
    ? "needs root"
    : TOOLS.map((tool) => `${tool} is not installed`).find(
        (_, i) => !(process.env.PATH ?? "").split(delimiter).some((dir) => existsSync(join(dir, TOOLS[i]!))),
      );
const title = missing ? `the prompt (skipped: ${missing})` : "the prompt";
const PWQ = `"${process.cwd()}/dist/pwq"`;
const ALONE = `exec unshare -n bash -c 'ip link set lo up; exec ${PWQ}'`;

let terminal: Terminal;
const opened = async (command?: string, size?: { columns: number; rows: number }): Promise<Terminal> => {
  terminal = new Terminal(command, size);
  await terminal.until("pwq>");
  return terminal;
};

/** Sends a datagram to a port nobody listens on, in the namespace of the prompt. */
function send(port: number): void {
  const line = `echo x > /dev/udp/127.0.0.1/${port}`;
  execFileSync("nsenter", ["-t", terminal.pid, "-n", "bash", "-c", `${line}; ${line} || :`], {
    stdio: "ignore",
  });
}

beforeAll(build, 120_000);
afterEach(() => terminal?.close());

describe.skipIf(missing !== undefined)(title, { timeout: 180_000 }, () => {
  test("an error appears under the line, with the caret", async () => {
    const { until } = bound(await opened());
    terminal.enter("trace skb where tcp.dstport == 443");
    expect(await until(/did you mean `tcp.dport`/)).toContain(
      [
        "pwq> trace skb where tcp.dstport == 443",
        "error[PWQ1102]: unknown field `tcp.dstport`",
        "  --> <prompt>:1:17",
        "   |",
        " 1 | trace skb where tcp.dstport == 443",
        "   |                 ^^^^^^^^^^^ did you mean `tcp.dport`?",
      ].join("\n"),
    );
  });

  test("an entry goes on over lines until the grammar is satisfied", async () => {
    const { until } = bound(await opened());
    terminal.enter("def local = ip.src in {");
    await until(/\n\.\.\. *$/);
    terminal.enter("127.0.0.0/8, ::1} and");
    terminal.enter("not udp");
    await until(/not udp\npwq> *$/);
    terminal.enter("def both = local and mrak");
    await until("did you mean `mark`");
  });

  test("Tab completes fields, members by BTF, names that were defined, and commands", async () => {
    const { until } = bound(await opened());
    terminal.enter("def dns = udp.dport == 53");
    terminal.type("trace skb where dn");
    terminal.press("Tab");
    await until("trace skb where dns");
    terminal.type(" and skb->dev->ifi");
    terminal.press("Tab");
    await until("skb->dev->ifindex");
    terminal.press("C-u");
    terminal.type(".pac");
    terminal.press("Tab");
    await until("pwq> .packet");
  });

  test("what is typed is coloured, also after the window got narrower", async () => {
    const { until } = bound(await opened());
    terminal.type("trace skb where udp.dport == 53 and ip.src in 10.0.0.0/8 until drop");
    await until("\x1b[1m\x1b[36mwhere", { colors: true });
    terminal.resize(40, 60);
    terminal.type(" show mark");
    const screen = await until(/show m\s*a\s*r\s*k\s*$/);
    expect(screen.replaceAll("\n", "")).toContain(
      "pwq> trace skb where udp.dport == 53 and ip.src in 10.0.0.0/8 until drop show mark",
    );
  });

  test("a query streams above the line, Ctrl-C ends it, and its packets are there to be looked at", async () => {
    const { until } = bound(await opened(ALONE));
    terminal.enter("trace skb where udp.dport == 7001 until drop show mark");
    await until(/attached to \d+/);
    terminal.type(".pack");
    send(7001);
    const streaming = await until(/dropped: NO_SOCKET \(end\)/);
    expect(streaming).toMatch(/pwq> \.pack$/);
    terminal.press("C-c");
    await until(/\d+ events, \d+ packets?, lost 0 in/);
    expect(terminal.screen()).toMatch(/pwq> \.pack$/);
    terminal.enter("et 1");
    expect(await until(/packet 1: \d+ events/)).toMatch(/mark 0x0/);
    terminal.enter(".last 1");
    await until(/\.last 1\nTIME.*\n.*dropped: NO_SOCKET \(end\)\n +why: [\s\S]*?\npwq: \d+ events/);
    terminal.enter('packets.filter((p) => p.outcome === "drop").length');
    await until(/`events` has all \d+ events of the last trace\n[1-9]\n/);
    terminal.enter("events.at(-1).dr");
    await until(/`dr` is not captured/);
    terminal.type("packets[0].outc");
    terminal.press("Tab");
    await until(/packets\[0\]\.outcome$/);
  });

  test("a second query ends the first one and takes its place", async () => {
    const { until } = bound(await opened(ALONE));
    terminal.enter("trace skb where udp.dport == 7001 until drop show mark");
    await until(/attached to \d+/);
    terminal.enter("trace drop where udp.dport == 7002 show len");
    await until(/lost 0 in[\s\S]*attached to 1 tracepoint/);
    send(7002);
    await until(/LEN +FUNC[\s\S]*dropped: NO_SOCKET/);
    terminal.press("C-c");
    await until(/lost 0 in[\s\S]*lost 0 in/);
  });

  test("hooks see the events, and their mistakes are shown where they were typed", async () => {
    const { until } = bound(await opened(ALONE));
    terminal.enter("on drop (e) {");
    terminal.enter('  print("port", e.udp.dport, "refused"); state.refused = (state.refused ?? 0) + 1');
    terminal.enter("}");
    terminal.enter("trace drop where udp.dport == 7001");
    await until(/attached to/);
    send(7001);
    await until("port 7001 refused");
    terminal.press("C-c");
    await until(/lost 0 in/);
    terminal.enter("state.refused > 0");
    await until(/state\.refused > 0\ntrue/);
    terminal.enter("[1, 2].map(");
    await until(/\n\.\.\. *$/);
    terminal.enter("(n) => n * 21)");
    await until("[21, 42]");
  });

  test("history is kept between two prompts, for this user only", async () => {
    const first = await opened();
    first.enter("def dns = udp.dport == 53");
    await first.until(/== 53\s+pwq>$/);
    first.enter(".quit");
    await first.ended();
    const file = join(first.folder, "state/pwq/history");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain("def dns = udp.dport == 53");
    const command = `export XDG_STATE_HOME='${first.folder}/state'; exec ${PWQ}`;
    first.close();
    const { until } = bound(await opened(command));
    terminal.press("Up");
    // The last line may have been too late for the file.
    if ((await until(/pwq> [.d]/)).endsWith(".quit")) terminal.press("Up");
    await until(/pwq> def dns = udp\.dport == 53\s*$/);
  });

  test("without root it starts, says what works, and does it", async () => {
    const { until } = bound(await opened(`exec setpriv --reuid 65534 --clear-groups --inh-caps=-all ${PWQ}`));
    expect(terminal.screen()).toMatch(/Not root: queries are checked/);
    terminal.enter("trace drop where mark == 7 show len");
    await until(/error\[PWQ3001\]: tracing needs root/);
    terminal.enter(".explain");
    await until(/ call pwq_tracepoint\n[\s\S]*exit\npwq> *$/);
  });
});

const bound = (each: Terminal): Pick<Terminal, "until"> => ({ until: each.until.bind(each) });
