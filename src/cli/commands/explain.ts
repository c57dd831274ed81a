import { compile } from "../../compiler/compile.ts";
import type { AttachPlan, Compiled, CompiledQuery, ListingLine } from "../../compiler/compiled.ts";
import type { KernelFacts } from "../../compiler/facts.ts";
import type { Call } from "../call.ts";
import { alignedLines, counted, filled } from "../lines.ts";
import { kernelFacts } from "../machine.ts";
import { checkedProgram, compileOptions, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";
import { typeName } from "./fields.ts";

/** `pwq explain`: what a trace would attach to, capture and run. Loads nothing and needs no root. */
export function run(call: Call): number {
  const { btf, color } = call.options;
  const program = readProgram(call);
  const { checked, facts } = checkedProgram(program, () => kernelFacts(btf));
  report(checked.warnings, color);
  const compiled = compile(checked, facts, compileOptions(call.options));
  print(explanation(compiled, facts));
  return STATUS.done;
}

export function explanation(compiled: Compiled, facts: KernelFacts): string {
  return [
    ...kernelPart(compiled, facts),
    "",
    ...probesPart(compiled.plan),
    ...compiled.queries.flatMap((query) => ["", ...capturePart(query, compiled.queries.length)]),
    "",
    ...programPart(compiled.listing),
    "",
  ].join("\n");
}

function kernelPart({ plan }: Compiled, { release, arch, features }: KernelFacts): string[] {
  const reads = features.rdonlyCast ? "direct loads (bpf_rdonly_cast)" : "bpf_probe_read_kernel";
  return [
    ...alignedLines([
      ["Kernel", `${release}, ${arch}`],
      ["Backend", plan.backend],
      ["Reads", reads],
    ]),
    ...plan.notices.map((notice) => `Note: ${notice}`),
  ];
}

/** Names of a group that are shown. */
const SHOWN = 12;
const WIDTH = 92;

function probesPart({ kprobes, tracepoints, leftOut }: AttachPlan): string[] {
  const functions = kprobes.map(({ symbol, module }) =>
    module === undefined ? symbol : `${symbol} [${module}]`,
  );
  return [
    `Attached to ${counted(kprobes.length, "function")} and ${counted(tracepoints.length, "tracepoint")}`,
    ...names(functions),
    ...names(
      tracepoints.map(({ tracepoint, optional }) => (optional ? `${tracepoint} (if there)` : tracepoint)),
    ),
    ...leftOut().flatMap(({ reason, names: left }) => [
      `Left out, ${left.length}: ${reason}`,
      ...names(left),
    ]),
  ];
}

function names(all: readonly string[]): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, SHOWN).join(", ");
  const more = all.length > SHOWN ? `, and ${all.length - SHOWN} more` : "";
  return filled(shown + more, WIDTH).map((line) => `  ${line}`);
}

function capturePart({ index, record }: CompiledQuery, queries: number): string[] {
  const atDrops = record.size > record.short ? `, ${record.size} at drops` : "";
  const which = queries > 1 ? ` by query ${index + 1}` : "";
  return [
    `Captured${which}: ${counted(record.short, "byte")} an event${atDrops}`,
    ...alignedLines(
      [
        ["0", "", "time, packet, point, cpu, drop location and reason"],
        ...record.slots.map(({ offset, size, key, type, bit }) => [
          String(offset),
          `${size} B`,
          `${key}: ${typeName(type)}${bit === undefined ? "" : ", if there"}`,
        ]),
      ],
      "  ",
    ),
  ];
}

/** Instructions on the left, on the right the part of the query that they were made for, where it begins. */
function programPart(listing: readonly ListingLine[]): string[] {
  let before: string | undefined;
  const rows = listing.flatMap(({ pc, text, query }) => {
    const beside = query !== undefined && query !== before ? `; ${query}` : "";
    before = query;
    // A label stands on a line of its own before its instruction.
    const lines = text.split("\n");
    return lines.map((line, i) =>
      i < lines.length - 1 ? ["", line.trim(), ""] : [String(pc).padStart(5), `  ${line.trim()}`, beside],
    );
  });
  return [`Program: ${counted(listing.length, "instruction")}`, ...alignedLines(rows)];
}
