import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { KernelFacts } from "../../compiler/facts.ts";
import { globMatcher } from "../../compiler/plan/glob.ts";
import { groupOf, UNUSABLE_TRACEPOINT } from "../../compiler/plan/tracepoints.ts";
import { Universe } from "../../compiler/plan/universe.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { alignedLines, counted } from "../lines.ts";
import { kernelFacts } from "../machine.ts";
import { print, printError } from "../terminal.ts";

/** `pwq probes [GLOB]`: a line for each function and tracepoint that gets an skb; the count goes to standard error. */
export function run(call: Call): number {
  const [glob = "*"] = wordsOf(call, 1);
  const { rows, names } = probes(kernelFacts(call.options.btf), glob);
  if (rows.length === 0) {
    throw fail({
      code: "PWQ2014",
      message: `no function or tracepoint with an skb matches \`${glob}\``,
      label: didYouMean(glob, names) ?? "only what gets a packet as an argument is listed",
    });
  }
  const lines = alignedLines([["NAME", "SKB", "MODULE", "CAN BE TRACED"], ...rows]);
  print(`${lines.join("\n")}\n`);
  printError(`${counted(rows.length, "probe")}\n`);
  return 0;
}

const tracepointAnswer = (name: string): string =>
  name in UNUSABLE_TRACEPOINT ? `no: ${UNUSABLE_TRACEPOINT[name]}` : "yes";

/** For functions that nothing else speaks against. */
function functionAnswer({ features, traceable }: KernelFacts): string {
  if (!features.kprobeMulti && !features.kprobe) return "no: this kernel has no kprobes";
  return traceable() ? "yes" : "not known: the list of traceable functions cannot be read";
}

/** Rows of name, position of the skb argument (from 0), module, and whether it can be traced or why not. */
export function probes(
  facts: KernelFacts,
  glob: string,
): { rows: readonly string[][]; names: readonly string[] } {
  const { functions, untraceable, unreachable, copies, tracepoints } = new Universe(facts);
  const answer = functionAnswer(facts);
  const all: string[][] = [
    ...[...functions].map(([name, { position, module }]) => [name, String(position), module ?? "", answer]),
    ...[...untraceable].map((name) => [name, "", "", "no: ftrace does not list it"]),
    ...[...unreachable].flatMap(([reason, names]) => names.map((name) => [name, "", "", `no: ${reason}`])),
    ...copies.map((name) => [
      name,
      "",
      "",
      "no: a copy the compiler made; BTF does not say where its skb is",
    ]),
    ...[...tracepoints].map(([name, { position, module }]) => [
      `tracepoint ${groupOf(name, facts.tracepointGroup)}:${name}`,
      String(position),
      module ?? "",
      tracepointAnswer(name),
    ]),
  ];
  const matches = globMatcher(glob);
  const bare = (name: string): string => name.replace(/^tracepoint (?:.*:)?/, "");
  const rows = all
    .filter(([name]) => matches(name!) || matches(bare(name!)) || matches(name!.replace(/^tracepoint /, "")))
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  return { rows, names: all.map(([name]) => bare(name!)) };
}
