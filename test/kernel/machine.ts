import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { COUNTER, counterIndex, QUERY_COUNTER, queryCounterIndex } from "../../src/compiler/layout.ts";
import { native, type Obj } from "../../src/native/native.ts";
import { readTemplate } from "../../src/native/template.ts";
import { type StandIn, standIn } from "./stand-in.ts";

/** Why tests with the addon on the running kernel cannot run here; undefined: they can. */
export function unable(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (!existsSync(new URL("../../build/pwq.node", import.meta.url))) return "the addon is not built";
  const tried = native().probe("raw-tracepoint");
  return tried.ok ? undefined : `raw tracepoints: ${tried.reason}`;
}

/** The template for this machine with a query by hand, opened and not yet loaded. */
export function open(options: StandIn = {}): Obj {
  const template = readTemplate(`kprobe.${process.arch === "arm64" ? "arm64" : "x86_64"}`);
  const bytes = native().link([
    { name: "template", bytes: template },
    { name: "stand-in", bytes: standIn(options) },
  ]);
  return native().openObject(bytes);
}

type CounterName = (typeof COUNTER)[number] | (typeof QUERY_COUNTER)[number];

/** The counters of query 0 and the global ones, over all CPUs. */
export function counters(obj: Obj): Record<CounterName, number> {
  const names: (readonly [CounterName, number])[] = [
    ...COUNTER.map((name) => [name, counterIndex(name)] as const),
    ...QUERY_COUNTER.map((name) => [name, queryCounterIndex(0, name)] as const),
  ];
  const total = (index: number): number =>
    Number(
      native()
        .mapLookupPerCpu(obj, "pwq_counters", index)
        .reduce((sum, one) => sum + one, 0n),
    );
  return Object.fromEntries(names.map(([name, index]) => [name, total(index)])) as Record<
    CounterName,
    number
  >;
}

/** Sends UDP packets to a closed port of the loopback interface; each is dropped by the kernel. */
export async function dropPackets(count: number): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("error", () => {});
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const { port } = socket.address();
  const closed = port === 1 ? 2 : 1;
  for (let i = 0; i < count; i++) {
    await new Promise((done) => socket.send("x", closed, "127.0.0.1", done));
  }
  await new Promise<void>((done) => socket.close(() => done()));
}

export interface Netns {
  readonly name: string;
  readonly path: string;
  remove(): void;
}

/** A network namespace of its own with the loopback interface up. */
export function makeNetns(): Netns {
  const name = `pwq-test-${randomBytes(4).toString("hex")}`;
  execFileSync("ip", ["netns", "add", name]);
  execFileSync("ip", ["-n", name, "link", "set", "lo", "up"]);
  return {
    name,
    path: `/run/netns/${name}`,
    remove: () => void spawnSync("ip", ["netns", "delete", name]),
  };
}
