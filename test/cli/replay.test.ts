import { beforeAll, expect, test } from "vitest";
import { BUILD_MS, build } from "./build.ts";
import { shell } from "./pwq.ts";

/**
 * The recording of the demo that is shown to people without root: of Linux 6.12, where a firewall drops TCP to port 443.
 * If a change of the record layout breaks it, record it anew: `pwq run -e QUERY --record examples/demo.pwqr -- …`.
 */
const DEMO = `"$PWQ_ROOT/examples/demo.pwqr"`;
const env = { PWQ_ROOT: process.cwd() };

beforeAll(build, BUILD_MS);

test("the demo's recording shows the packet's way to its drop", async () => {
  const { stdout, stderr, status } = await shell(`pwq replay ${DEMO}`, { env });
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^TIME +PACKET +MARK +NETNS +FUNC$/);
  for (const name of ["ip_queue_xmit", "veth_xmit", "ip_rcv", "nf_hook_slow"]) {
    expect(lines.some((line) => line.endsWith(` ${name}`))).toBe(true);
  }
  expect(lines.at(-1)).toMatch(/ server +nft_do_chain\+0x[0-9a-f]+ dropped: NETFILTER_DROP \(end\)$/);
  expect(stderr).toMatch(/^pwq: a recording: \d+ events, \d+ packets, lost 0 in \d+\.\d s\n$/);
  expect(status).toBe(0);
});

test("--json and --limit", async () => {
  const { stdout } = await shell(`pwq replay ${DEMO} --json --quiet --limit 3`, { env });
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual(["start", "event", "event", "event", "end"]);
  expect(lines[0]).toMatchObject({ backend: "kprobe-multi", kernel: expect.stringMatching(/^6\.12\./) });
  expect(lines.at(-1)).toMatchObject({ events: 3, reason: "recording" });
});

test("is no recording: the error, and nothing on standard output", async () => {
  const { stdout, stderr, status } = await shell("echo no > x; pwq replay x");
  expect(stderr).toContain("error[PWQ2019]");
  expect([stdout, status]).toEqual(["", 2]);
});
