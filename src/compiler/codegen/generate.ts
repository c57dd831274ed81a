import {
  assemble,
  call,
  constant as constantInsn,
  exit,
  type Insn,
  jump,
  label,
  ldx,
  mov,
  type ObjectFunction,
  type ObjectUnit,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  type SourceLine,
} from "../bpf/index.ts";
import { printFunction } from "../bpf/print.ts";
import type { ListingLine } from "../compiled.ts";
import type { KernelFacts } from "../facts.ts";
import { VIEW, VIEW_HAS } from "../layout.ts";
import type { Plan, TracepointProgram } from "../plan/plan.ts";
import type { Source, Span } from "../source.ts";
import { Emitter } from "./emitter.ts";
import { surely } from "./lower.ts";
import { generateParse } from "./parse/generate.ts";
import { emitQuery, type LoweredQuery } from "./query.ts";
import { directReader, probeReader, type Reader } from "./reader.ts";
import { Tables } from "./tables.ts";
import { type Generator, PARSE } from "./values.ts";
import { type Node, Windows, walk } from "./windows.ts";

/** Stack of `pwq_query`, of the 512 bytes that it shares with the entry's `struct pwq_event` and what it calls. */
const STACK = 160;

const EXTERNS = [
  { name: "pwq_admit", params: 5 },
  { name: "pwq_end", params: 2 },
  { name: "pwq_reserve", params: 3 },
  { name: "pwq_submit", params: 2 },
  { name: "pwq_tracepoint", params: 5 },
] as const;

export interface Generated {
  readonly unit: ObjectUnit;
  readonly listing: readonly ListingLine[];
}

/** Turns lowered queries and the planned tracepoints into the functions of one object. */
export function generate(
  queries: readonly LoweredQuery[],
  plan: Plan,
  facts: KernelFacts,
  source: Source,
): Generated {
  const reader = directReader(facts) ?? probeReader;
  const tables = new Tables();
  const roots = queries.flatMap(rootsOf);
  const functions: ObjectFunction[] = [
    {
      name: "pwq_query",
      section: ".text",
      visibility: "hidden",
      params: 1,
      insns: queryFunction(queries, roots, reader, tables),
    },
    {
      name: PARSE,
      section: ".text",
      visibility: "global",
      memory: { name: VIEW.name, size: VIEW.size },
      params: 2,
      insns: generateParse(facts, reader, tables, roots.some(asksForLink)).items,
    },
    ...plan.programs.map(tracepointProgram),
  ];
  const line = sourceLines(source);
  return {
    unit: { functions, externs: EXTERNS, rodata: tables.data, line },
    listing: functions.flatMap((fn) => listing(fn, facts, source)),
  };
}

function queryFunction(
  queries: readonly LoweredQuery[],
  roots: readonly Node[],
  reader: Reader,
  tables: Tables,
): ObjectFunction["insns"] {
  const e = new Emitter(STACK);
  const g: Generator = { e, reader, tables, windows: new Windows(roots) };
  e.emit(mov.reg(r6, r1));
  for (const query of queries) emitQuery(g, query);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e.items;
}

/** Everything that a query may read. */
function rootsOf(query: LoweredQuery): Node[] {
  const roots: Node[] = query.until.map((u) => u.condition);
  for (const cond of [query.where, query.when, query.stop]) if (cond) roots.push(cond);
  for (const { source } of query.captures) {
    if (source.shape === "number") roots.push(source.value);
    else if (source.shape === "bytes") roots.push(source.bytes);
    else if (source.shape === "presence") roots.push(surely(source.expr, true, query.context));
    else if (source.shape === "ip") {
      if (source.v4) roots.push(source.v4);
      if (source.v6) roots.push(...source.v6);
    }
  }
  return roots;
}

/** Whether something below reads the Ethernet header or the VLAN tag. */
function asksForLink(root: Node): boolean {
  const link = VIEW_HAS.eth | VIEW_HAS.tci;
  let asks = false;
  walk(root, (node) => {
    if (node.op === "header") asks ||= node.layer === "eth";
    else if (node.op === "has") asks ||= (node.bits & link) !== 0;
    else if (node.op === "view") asks ||= (node.has & link) !== 0;
  });
  return asks;
}

/** `int pwq_tp_NAME(u64 *ctx)`: picks the arguments and goes to the template's common path. */
function tracepointProgram(tp: TracepointProgram): ObjectFunction {
  const argument = (to: Parameters<typeof ldx>[1], position: number | undefined): Insn =>
    position === undefined ? mov.imm(to, 0) : ldx(8, to, r6, position * 8);
  return {
    name: tp.program,
    section: `raw_tp/${tp.tracepoint}`,
    visibility: "global",
    params: 1,
    insns: [
      mov.reg(r6, r1),
      argument(r2, tp.skb),
      jump.eq.imm(r2, 0, "out"),
      constantInsn(r3, tp.cookie),
      argument(r4, tp.location),
      argument(r5, tp.reason),
      call.local("pwq_tracepoint"),
      label("out"),
      mov.imm(r0, 0),
      exit,
    ],
  };
}

/** Line info: each clause is a line of its own, so that logs repeat it exactly when it changes. */
function sourceLines(source: Source): (span: Span) => SourceLine {
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1))
    starts.push(at + 1);
  return ({ start, end }) => {
    const row = starts.findLastIndex((s) => s <= start);
    const text = source.text.slice(start, end).replace(/\s+/g, " ");
    return { file: source.name, text, line: row + 1, column: start - starts[row]! + 1 };
  };
}

function listing(fn: ObjectFunction, facts: KernelFacts, source: Source): ListingLine[] {
  const kfunc = (id: number): string | undefined => facts.btf.type(id).name;
  const head: ListingLine = { pc: 0, text: `${fn.name}:` };
  const lines = printFunction(assemble(fn.name, fn.insns), { kfunc }).map(
    ({ pc, text, labels, span }): ListingLine => ({
      pc,
      text: [...labels.map((l) => `${l}:`), `  ${text}`].join("\n"),
      ...(span ? { query: source.text.slice(span.start, span.end).replace(/\s+/g, " "), span } : {}),
    }),
  );
  return [head, ...lines];
}
