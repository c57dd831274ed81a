import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCall } from "../../src/cli/call.ts";
import { readArguments } from "../../src/cli/pwru/arguments.ts";
import { CALLS, fromPwruDocument } from "../../src/cli/pwru/document.ts";
import { FLAGS } from "../../src/cli/pwru/flags.ts";
import { functionsOf } from "../../src/cli/pwru/functions.ts";
import { commandLines, translate } from "../../src/cli/pwru/translate.ts";
import { quote } from "../../src/cli/quote.ts";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import type { PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import { globMatcher } from "../../src/compiler/plan/glob.ts";
import { native } from "../../src/native/native.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { FIXTURE_NETNS, fixtureFacts } from "../fixtures/btf.ts";
import { Random } from "../random.ts";
import { shell } from "./pwq.ts";

/** `pwru --help` of 1.0.12, and the flags that it hides or has only in some builds. */
const PWRU_FLAGS =
  `all-kmods backend debug filter-func filter-ifname filter-kprobe-batch filter-mark filter-netns
  filter-non-skb-funcs filter-skb-expr filter-trace-tc filter-trace-xdp filter-track-bpf-helpers filter-track-skb
  filter-track-skb-by-stackid filter-tunnel-pcap-l2 filter-tunnel-pcap-l3 filter-xdp-expr help kernel-btf kmods
  netns-names-max-length output-bpfmap output-caller output-file output-file-compress output-file-max-age
  output-file-max-backups output-file-max-size output-json output-limit-lines output-meta output-netns-names
  output-skb output-skb-cb output-skb-metadata output-skb-shared-info output-stack output-tcp-flags output-tunnel
  output-tuple output-xdp-metadata ready-file set-percpu-buf timestamp version`.split(/\s+/);

const typed = (...args: string[]): string => commandLines(translate(args)).join("\n");
const codes = (...args: string[]): string[] => {
  try {
    translate(args);
    return [];
  } catch (error) {
    return (error as PwqError).diagnostics.map((d) => d.code);
  }
};
const facts = (kernel: "6.1" | "6.12" | "7.2") =>
  fixtureFacts(kernel, {
    netnsInode: (name) => (name.startsWith("/") ? 4026531840 : FIXTURE_NETNS.get(name)),
  });

describe("every flag of pwru", () => {
  test("is in the table, once, in order", () => {
    expect(FLAGS.map(({ name }) => name)).toEqual(PWRU_FLAGS);
  });
  test("docs/from-pwru.md is what the table makes of it", () => {
    const written = readFileSync("docs/from-pwru.md", "utf8");
    expect(written, "run `node scripts/from-pwru.mjs`").toBe(fromPwruDocument());
  });

  const examples = [...FLAGS.map(({ example }) => example), ...CALLS].map(
    (example) => [example.join(" "), example] as const,
  );
  test.each(examples)("%s: a call that pwq understands", (_, example) => {
    const { calls, problems } = translate(example);
    if (problems.length > 0) return;
    for (const { words, query } of calls) {
      const call = parseCall(words)!;
      expect(call.command.name).toBe(query === undefined ? "help" : "run");
      expect(call.words).toEqual([]);
      expect(call.options.e).toBe(query);
    }
  });
  test.each(examples)("%s: a query that compiles for every kernel", (_, example) => {
    const { calls, problems } = translate(example);
    if (problems.length > 0) return;
    for (const kernel of ["6.1", "6.12", "7.2"] as const) {
      for (const { query } of calls) if (query !== undefined) expectCompiles(query, facts(kernel));
    }
  });
});

function expectCompiles(query: string, kernel: KernelFacts): void {
  const options = { facts: kernel, pcap: pcapCompiler(native) };
  const { program, diagnostics } = check({ name: "<query>", text: query }, options);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { plan } = compile(program!, kernel);
  expect(plan.points.length > 0 || query.startsWith("trace xdp")).toBe(true);
}

describe("a call of pwru", () => {
  test("the filter is what is no flag, wherever it stands", () => {
    expect(readArguments(["--output-stack", "tcp", "port", "443"]).filter).toBe("tcp port 443");
    expect(readArguments(["tcp", "--output-stack", "port", "443"]).filter).toBe("tcp port 443");
    expect(readArguments(["--output-stack", "--", "port", "--443"]).filter).toBe("port --443");
    expect(readArguments(["sudo", "/usr/bin/pwru", "icmp"]).filter).toBe("icmp");
    expect(readArguments(["sudo", "icmp"]).filter).toBe("sudo icmp");
  });
  test("values, as pflag reads them", () => {
    const given = (...args: string[]) => Object.fromEntries(readArguments(args).given);
    expect(given("--output-meta=false", "--output-stack", "--output-tuple=1")).toEqual({
      "output-meta": false,
      "output-stack": true,
      "output-tuple": true,
    });
    expect(given("--kmods", "a,b", "--kmods=c")).toEqual({ kmods: ["a", "b", "c"] });
    expect(given("--filter-func=a=b", "--output-limit-lines", "007")).toEqual({
      "filter-func": "a=b",
      "output-limit-lines": "7",
    });
    expect(given("-h")).toEqual({ help: true });
  });
  test.each([
    [["--filter-fnuc", "x"]],
    [["--filter-func"]],
    [["--output-limit-lines", "many"]],
    [["--output-meta=maybe"]],
    [["--filter-mark", "1/2/3"]],
    [["--filter-mark", "red"]],
    [["-x"]],
  ])("%j: pwru would refuse it", (args) => {
    expect(codes(...args)).toEqual(["PWQ2025"]);
  });

  test("flags go together", () => {
    expect(typed("--filter-track-skb", "--filter-func", "ip_.*", "--filter-mark", "3", "port 53")).toBe(
      `pwq 'trace skb at ip_* where pcap "port 53" and mark == 3'`,
    );
    expect(typed("--filter-mark=0x1ff/0xf0")).toBe("pwq 'trace skb where mark & 0xf0 == 0xf0 follow none'");
    expect(typed("--filter-netns", "inode:4026531840", "--output-tuple=false", "--output-tcp-flags")).toBe(
      "pwq 'trace skb where netns == 4026531840 follow none show skb, cpu, process, netns, mark, iface, protocol, mtu, len, tcp.flags'",
    );
    expect(typed("--filter-trace-xdp", "--filter-track-skb", "icmp")).toBe(
      `pwq 'trace skb where pcap "icmp"'\npwq 'trace xdp where pcap "icmp"'`,
    );
    expect(
      typed("--filter-trace-xdp", "--filter-netns=inode:4026531840", "--output-file=x", "--output-json"),
    ).toBe(
      [
        "pwq 'trace skb where netns == 4026531840 follow none' --output x --output-max-size 100MiB --json",
        "pwq 'trace xdp where netns == 4026531840' --output x.xdp --output-max-size 100MiB --json",
      ].join("\n"),
    );
    expect(typed("--output-file", "a b", "--output-file-max-backups", "0", "--output-json")).toBe(
      "pwq 'trace skb follow none' --output 'a b' --output-max-size 100MiB --json",
    );
    expect(typed('vlan and "x" \\')).toBe(`pwq 'trace skb where pcap "vlan and \\"x\\" \\\\" follow none'`);
  });
  test("a pattern that globs cannot say stays one, and also selects what is shown of a followed packet", () => {
    expect(typed("--filter-func", "ip_(a|b){2}")).toBe(
      `pwq 'trace skb where func matches "^(?:ip_(a|b){2})$" follow none'`,
    );
    expect(typed("--filter-func", "ip_\\w+", "--filter-track-skb")).toBe(
      `pwq 'trace skb where func matches "^(?:ip_\\\\w+)$" when func matches "^(?:ip_\\\\w+)$"'`,
    );
  });
});

describe("functions by regular expression", () => {
  test.each([
    ["ip_rcv", ["ip_rcv"]],
    ["^ip_rcv$", ["ip_rcv"]],
    ["ip_.*", ["ip_*"]],
    ["ip_.+", ["ip_?*"]],
    ["(tcp|udp)_v[46]_rcv", ["tcp_v[46]_rcv", "udp_v[46]_rcv"]],
    ["__?netif_rx", ["__netif_rx", "_netif_rx"]],
    ["a|b.*", ["a", "b*"]],
    ["nf_[^a]\\d", ["nf_[!a][0-9]"]],
  ])("%s", (regex, globs) => {
    expect(functionsOf(regex)).toEqual({ kind: "globs", globs });
  });
  test.each([
    "a*",
    "(ab)+",
    "a{2}",
    "\\w+",
    "(?i)a",
    "a|",
    "",
    "[a-z]+",
    "(a|b|c)(d|e|f)(g|h)",
    "\\Qa\\E",
    "a\\|b",
  ])("%s: no globs", (regex) => {
    expect(functionsOf(regex).kind).toBe("pattern");
  });
  test("globs and expression agree about every function of the kernel", () => {
    const names = [...facts("6.12").btf.skbFunctions(6)].map(({ name }) => name);
    expect(names.length).toBeGreaterThan(1000);
    const random = new Random(7);
    for (let i = 0; i < 300; i++) {
      const name = random.pick(names);
      const cut = random.int(1, name.length - 1);
      const [head, tail] = [name.slice(0, cut), name.slice(cut)];
      const regex = random.pick([
        `${head}.*`,
        `.*${tail}`,
        `${head}.${tail.slice(1)}`,
        `${head}[${tail[0]}x]${tail.slice(1)}`,
        `(${head}|${random.pick(names)})(${tail})?`,
        `${name}|${head}.+`,
        `${head}_?${tail}`,
      ]);
      const functions = functionsOf(regex);
      if (functions.kind !== "globs") throw new Error(`${regex} has become no globs`);
      const whole = new RegExp(`^(?:${regex})$`);
      const matchers = functions.globs.map(globMatcher);
      const differ = names.filter(
        (other) => matchers.some((matches) => matches(other)) !== whole.test(other),
      );
      expect([regex, differ]).toEqual([regex, []]);
    }
  });
});

describe("pwq from-pwru", () => {
  test("prints the call, and what to know on standard error", async () => {
    const line = "pwq from-pwru -- pwru --filter-func 'ip_.*' --filter-kprobe-batch 5";
    expect(await shell(line)).toMatchObject({
      stdout: "pwq 'trace skb at ip_* follow none'\n",
      stderr: "--filter-kprobe-batch: needs no setting: pwq attaches as fast as the kernel lets it\n",
      status: 0,
    });
  });
  test("what it prints can be typed", async () => {
    const words = ["--filter-mark", "0x1/0x3", "--output-skb-metadata", "skb->hash"].map(quote).join(" ");
    const { stdout, stderr, status } = await shell(
      `eval "$(pwq from-pwru -- ${words} | sed 's/^pwq/pwq check -e/')"`,
    );
    expect([stdout, stderr, status]).toEqual(["<query>: ok\n", "", 0]);
  });
});
