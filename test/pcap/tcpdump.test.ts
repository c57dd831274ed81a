import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileFilter, type PcapFilter } from "../../src/compiler/pcap/filter.ts";
import { native } from "../../src/native/native.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import type { Packet } from "../oracle/packet.ts";
import { ETH_IP, ETH_IPV6 } from "../oracle/pools.ts";
import { Random } from "../random.ts";
import { bytesOf, pcapFile, randomFrame, received, sent } from "./frames.ts";
import { Capture } from "./run.ts";

const FILTERS = readFileSync(new URL("./filters.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const FRAMES = 80;

/** LINKTYPE_ETHERNET and LINKTYPE_RAW. */
const ETHERNET = 1;
const RAW = 101;

/** Where all must be tested, its absence is a failure. */
const skip = spawnSync("tcpdump", ["--version"]).error !== undefined && process.env.CI !== "true";

const folder = mkdtempSync(join(tmpdir(), "pwq-pcap-"));
afterAll(() => rmSync(folder, { recursive: true }));

function capture(name: string, linkType: number, packets: readonly Uint8Array[]): string {
  const file = join(folder, name);
  writeFileSync(file, pcapFile(linkType, packets));
  return file;
}

/** The numbers of the packets that tcpdump lets pass; undefined: it refuses the filter for this link layer. */
function tcpdump(file: string, filter: string): readonly number[] | undefined {
  try {
    const out = execFileSync("tcpdump", ["-r", file, "-w", "-", "--", filter], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const numbers: number[] = [];
    for (let at = 24; at < out.length; at += 16 + out.readUInt32LE(at + 8))
      numbers.push(out.readUInt32LE(at));
    return numbers;
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr);
    if (/^tcpdump: (?!.*syntax error)/m.test(said)) return undefined;
    throw error;
  }
}

function compiled(text: string): PcapFilter {
  const result = compileFilter(text, pcapCompiler(native));
  if (typeof result === "string" || !("filter" in result))
    throw new Error(`${text}: ${JSON.stringify(result)}`);
  return result.filter;
}

const chosen = (verdicts: readonly (boolean | undefined)[]): number[] =>
  verdicts.flatMap((verdict, i) => (verdict === true ? [i] : []));

const random = new Random(11);
const frames = Array.from({ length: FRAMES }, () => randomFrame(random));
const whole = frames.map((frame) => bytesOf(frame));
// The first tag of a frame may be in the socket buffer instead. libpcap then finds it where filters ask for tags.
const stripped = frames.map((frame) => bytesOf(frame, 1));
const wire = capture("wire.pcap", ETHERNET, [...whole, ...stripped]);
// Without a frame, only what is an IP packet has a header that can be found.
const networks = frames.flatMap(({ type, network }) => (isIp(type, network) ? [network] : []));
const ip = capture("ip.pcap", RAW, networks);

function isIp(type: number, bytes: Uint8Array): boolean {
  if (type === ETH_IPV6) return bytes.length >= 40;
  return type === ETH_IP && bytes.length >= 20 && bytes.length >= 4 * (bytes[0]! & 15);
}

it("has filters enough, each once", () => {
  expect(new Set(FILTERS).size).toBe(FILTERS.length);
  expect(FILTERS.length).toBeGreaterThanOrEqual(200);
  expect(networks.length).toBeGreaterThan(FRAMES / 3);
});

/** One for each way of reading. */
const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12"];
const captures = KERNELS.map((kernel) => {
  const facts = fixtureFacts(kernel);
  const capture = (packets: readonly Packet[]) => new Capture(packets, facts);
  return {
    wire: capture([...whole, ...stripped].map((bytes) => received(bytes))),
    tagged: capture(frames.map(({ tags }, i) => received(stripped[i]!, tags[0]))),
    ip: capture(networks.map(sent)),
  };
});

describe.skipIf(skip)(
  `filters let pass what tcpdump lets pass${skip ? " (skipped: no tcpdump)" : ""}`,
  () => {
    it.each(FILTERS)("%s", (text) => {
      const filter = compiled(text);
      const onWire = tcpdump(wire, text)!;
      const onIp = tcpdump(ip, text);
      const wanted = {
        wire: onWire,
        tagged: filter.tags
          ? onWire.filter((n) => n < FRAMES)
          : onWire.filter((n) => n >= FRAMES).map((n) => n - FRAMES),
        ip: onIp ?? [],
      };
      for (const kernel of captures) {
        const got = {
          wire: chosen(kernel.wire.verdicts(filter)),
          tagged: chosen(kernel.tagged.verdicts(filter)),
          ip: chosen(kernel.ip.verdicts(filter)),
        };
        expect(got).toEqual(wanted);
      }
    });
  },
);
