import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { flag } from "../../src/cli/options.ts";
import { BUILD_MS, build } from "./build.ts";
import { emptyFolder, shell } from "./pwq.ts";

const folder = emptyFolder();
const QUERY = "trace skb where tcp.dport == 443 until drop show mark, netns";

beforeAll(() => {
  build();
  writeFileSync(join(folder, "6.12.btf"), gunzipSync(readFileSync("test/fixtures/btf/6.12.btf.gz")));
  writeFileSync(
    join(folder, "drops.pwq"),
    `## Drops of one port.\n## With the reason.\n@tags drop, tcp\n@requires kernel >= 5.17\nparam port: port = 443 "only this port"\nparam net: cidr\n\ntrace drop where tcp.dport == $port and ip.dst in $net\n`,
  );
}, BUILD_MS);

/** Standard output of a call that must succeed and be silent otherwise. */
async function out(line: string): Promise<string> {
  const { stdout, stderr, status } = await shell(line, { cwd: folder });
  expect([stderr, status]).toEqual(["", 0]);
  return stdout;
}

describe("help", () => {
  test("pwq alone, without a terminal: a short one, which says where to go on", async () => {
    expect(await out("pwq")).toMatch(/is a prompt for queries[\s\S]*`pwq help`/);
  });
  test("every command and every option of a trace", async () => {
    const text = await out("pwq --help");
    for (const { name } of COMMANDS) expect(text).toContain(`\n  ${name} `);
    for (const name of COMMANDS[0]!.options) expect(text).toContain(flag(name));
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
  test.each(COMMANDS.map(({ name }) => name))("%s: the same by both ways", async (name) => {
    const text = await out(`pwq help ${name}`);
    expect(text).toMatch(new RegExp(`^Usage: pwq ${name}`));
    if (name !== "help") expect(await out(`pwq ${name} --help`)).toBe(text);
  });
  test("a code and a topic", async () => {
    expect(await out("pwq help PWQ2001")).toMatch(/^PWQ2001: unknown command\n/);
    expect(await out("pwq help clauses")).toContain("until");
  });
  test("--version", async () => {
    expect(await out("pwq --version")).toMatch(/^pwq \d+\.\d+\.\d+\n$/);
  });
});

describe("check", () => {
  test("ok, with and without a kernel's types", async () => {
    expect(await out(`pwq check -e '${QUERY}'`)).toBe("<query>: ok\n");
    expect(await out(`pwq check -e 'trace skb where skb->mark == 1' --btf 6.12.btf`)).toBe("<query>: ok\n");
  });
  test("members of structures only with them", async () => {
    const { stderr, status } = await shell("pwq check -e 'trace skb where skb->mrak == 1' --btf 6.12.btf", {
      cwd: folder,
    });
    expect(stderr).toContain("did you mean `mark`?");
    expect(status).toBe(2);
    expect(await out("pwq check -e 'trace skb where skb->mrak == 1'")).toBe("<query>: ok\n");
  });
  test("parameters need no values", async () => {
    expect(await out("pwq check drops.pwq")).toBe("drops.pwq: ok\n");
  });
  test("standard input", async () => {
    expect(await out(`echo '${QUERY}' | pwq check -`)).toBe("<stdin>: ok\n");
  });
});

describe("info", () => {
  test("documentation, tags, requirements and parameters", async () => {
    expect(await out("pwq info drops.pwq")).toBe(
      [
        "drops.pwq",
        "",
        "Drops of one port.",
        "With the reason.",
        "",
        "Tags: drop, tcp",
        "Requires: kernel >= 5.17",
        "",
        "Parameters:",
        "  port  port  = 443         only this port",
        "  net   cidr  (no default)",
        "",
        "What it says:",
        "  trace drop where tcp.dport == $port and ip.dst in $net",
        "",
      ].join("\n"),
    );
  });
});

describe("explain", () => {
  test("probes, captured fields and the program beside the query", async () => {
    const text = await out(`pwq explain -e '${QUERY}' --btf 6.12.btf`);
    expect(text).toMatch(/^Kernel +6\.12\.btf, x86_64$/m);
    expect(text).toMatch(/^Attached to \d+ functions and \d+ tracepoints$/m);
    expect(text).toMatch(/^Captured: \d+ bytes an event$/m);
    expect(text).toMatch(/^ +\d+ +4 B +mark: u32, if there$/m);
    expect(text).toMatch(/^ +\d+ {4}.* ; where tcp\.dport == 443/m);
  });
  test("--backend", async () => {
    expect(await out(`pwq explain -e '${QUERY}' --btf 6.12.btf --backend tracepoint`)).toMatch(
      /^Backend +tracepoint$/m,
    );
  });
});

describe("compile", () => {
  test("an ELF object with programs and BTF", async () => {
    expect(await out(`pwq compile -e '${QUERY}' --btf 6.12.btf -o x.bpf.o`)).toMatch(
      /^x\.bpf\.o: \d+ bytes, for \d+ functions/,
    );
    const object = readFileSync(join(folder, "x.bpf.o"));
    expect(object.subarray(0, 4)).toEqual(Buffer.from("\x7fELF"));
    for (const section of [".BTF", "kprobe.multi", "raw_tp/kfree_skb", ".maps"])
      expect(object.includes(section)).toBe(true);
  });
});

describe("fields and probes", () => {
  test("fields by glob", async () => {
    const text = await out("pwq fields 'tcp.*port'");
    expect(text).toMatch(/^TCP\n {2}tcp\.sport {2}u16 {2}Source port/);
    expect(text).toContain("tcp.dport");
    expect(text).not.toContain("tcp.seq");
  });
  test("probes by glob, with the position of the skb", async () => {
    const { stdout, status } = await shell("pwq probes 'ip_rcv*' --btf 6.12.btf", { cwd: folder });
    expect(stdout).toMatch(/^NAME +SKB +MODULE +CAN BE TRACED$/m);
    expect(stdout).toMatch(/^ip_rcv +0 /m);
    expect(stdout).toMatch(/^ip_rcv_finish +2 /m);
    expect(status).toBe(0);
  });
});

describe("doctor", () => {
  test("names each thing, and the verdict fits the status", async () => {
    const { stdout, status } = await shell("pwq doctor");
    for (const name of ["kernel", "addon", "BTF", "lockdown", "tracefs", "symbols"])
      expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    expect(stdout).toContain(status === 0 ? "This machine can trace." : "This machine cannot trace:");
  });
});

describe("a reader that goes away", () => {
  test("pwq fields | head", async () => {
    const { stderr, stdout } = await shell("set -o pipefail; pwq fields | head -n 1; echo status $?");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/status 0\n$/);
  });
});
