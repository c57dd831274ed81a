import { execFileSync } from "node:child_process";
import { type Bench, blast, start, type Tracer } from "./measure.ts";

/** Programs that a tracer has at functions, by name. */
export type Hits = (program: string) => boolean;

/**
 * Nanoseconds that a program takes for one hit of a packet nobody means, by the kernel's own measurement
 * (`kernel.bpf_stats_enabled`), which itself takes some fifty and is in all figures alike.
 */
export async function perHit(bench: Bench, tracer: Tracer, hits: Hits): Promise<number> {
  sysctl("kernel.bpf_stats_enabled=1");
  const running = await start(tracer);
  blast(bench, 9, 2);
  const programs = JSON.parse(
    execFileSync("bpftool", ["-j", "prog", "show"], { encoding: "utf8", maxBuffer: 2 ** 26 }),
  ) as readonly { readonly name?: string; readonly run_time_ns?: number; readonly run_cnt?: number }[];
  await running.stop();
  sysctl("kernel.bpf_stats_enabled=0");
  const own = programs.filter(({ name }) => name !== undefined && hits(name));
  const sum = (of: "run_time_ns" | "run_cnt"): number =>
    own.reduce((total, one) => total + (one[of] ?? 0), 0);
  return sum("run_time_ns") / sum("run_cnt");
}

const sysctl = (setting: string): void => void execFileSync("sysctl", ["-qw", setting]);
