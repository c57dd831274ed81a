import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Said } from "../../src/hooks/run/said.ts";
import { SaidLines } from "../../src/runtime/output/said.ts";
import { styles } from "../../src/runtime/output/style.ts";
import { le } from "../runtime/records.ts";
import { DROP, point, running, type Wanted } from "./running.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/hooks.md"), "utf8");

/** Programs and files of hooks, each with the output that stands below it. */
const examples = [...page.matchAll(/```(pwq|ts)\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  ([, kind, text, output]) => ({ kind, text: text!, output: output! }),
);

function address(last: number): Uint8Array {
  const bytes = new Uint8Array(24);
  bytes.set([4, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, last]);
  return bytes;
}

const VALUES = {
  tcp: le(1, 1),
  "tcp.dport": le(443, 2),
  "ip.src": address(1),
  "ip.dst": address(2),
  len: le(1500, 4),
  "skb->dev->ifindex": le(2, 4),
};

/** The recording that the page speaks of. */
const EVENTS: readonly Wanted[] = [
  { point: point("ip_rcv"), values: { ...VALUES, elapsed: le(0, 8) } },
  { point: point("nft_do_chain"), values: { ...VALUES, elapsed: le(1000, 8) } },
  { ...DROP, flags: ["last"], values: { ...VALUES, elapsed: le(2000, 8) } },
];

describe("docs/hooks.md: an example prints what the page says", () => {
  test.each(examples)("$text", async ({ kind, text, output }) => {
    const trace = await (kind === "ts" ? running("trace skb", { file: text }) : running(text));
    const { said, stopAfter } = trace.events(...EVENTS);
    const last = trace.hooks.stop({ events: 3, packets: 1, seconds: 1 });
    const all: Said[] = [...said.map(([, one]) => one), ...last.said];
    expect(trace.faults).toEqual([]);
    expect(stopAfter === undefined || text.includes("stop()")).toBe(true);
    expect(new SaidLines(styles(false)).lines(all)).toBe(output);
  });
  test("there are five", () => expect(examples).toHaveLength(5));
});
