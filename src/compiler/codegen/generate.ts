import {
  alu,
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
import type { KernelFacts } from "../facts.ts";
import { INNER, POINT_KIND, TUPLE, VIEW, VIEW_HAS } from "../layout.ts";
import type { TracepointProgram } from "../plan/assemble.ts";
import { cookieFields } from "../plan/cookie.ts";
import type { Plan } from "../plan/plan.ts";
import type { Source, Span } from "../source.ts";
import { CONTEXT_FUNCTION, generateContext } from "./context.ts";
import { Emitter } from "./emitter.ts";
import { surely } from "./lower.ts";
import { rootsOfPast } from "./lower-past.ts";
import { generateParse } from "./parse/generate.ts";
import { generateInner } from "./parse/inner.ts";
import { xdpMembers } from "./parse/members.ts";
import { Filters } from "./pcap/filters.ts";
import { generateFilter } from "./pcap/function.ts";
import { StackExhausted } from "./problem.ts";
import { emitQuery, type LoweredQuery } from "./query.ts";
import { directReader, probeReader, type Reader } from "./reader.ts";
import { returnProgram } from "./returns.ts";
import { generateSelect, SELECT, selection } from "./select/select.ts";
import { Tables } from "./tables.ts";
import { generateTuple } from "./tuple.ts";
import type { Generator } from "./values.ts";
import { clearInner, PARSE, PARSE_INNER, tupleFunction } from "./view.ts";
import { type Node, Windows, walk } from "./windows.ts";

/** Stack of `pwq_query`: of 512 bytes for all frames, the entry takes 256 and `pwq_parse` 128. */
const STACK = 128;

const EXTERNS = [
  { name: "pwq_admit", params: 5 },
  { name: "pwq_end", params: 2 },
  { name: "pwq_reserve", params: 3 },
  { name: "pwq_submit", params: 2 },
  { name: "pwq_compose", params: 3 },
  { name: "pwq_output", params: 2 },
  { name: "pwq_passes_by", params: 1 },
  { name: "pwq_changed", params: 4 },
  { name: "pwq_first", params: 4 },
  { name: "pwq_kept", params: 2 },
  { name: "pwq_tracepoint", params: 5 },
  { name: "pwq_drop", params: 5 },
  { name: "pwq_unseen", params: 3 },
  { name: "pwq_session_entry", params: 2 },
  { name: "pwq_session_return", params: 4 },
  { name: "pwq_return", params: 3 },
] as const;

/** What the template calls for an event, and for one that is a drop: the same if there is no other. */
const QUERY = "pwq_query";
const QUERY_AT_DROPS = "pwq_query_at_drops";

/** Turns lowered queries and the planned tracepoints into the functions of one object. */
export function generate(
  queries: readonly LoweredQuery[],
  plan: Plan,
  facts: KernelFacts,
  source: Source,
): ObjectUnit {
  const reader = directReader(facts) ?? probeReader;
  const tables = new Tables();
  const filters = new Filters();
  const roots = queries.flatMap(rootsOf);
  const ofFrames = queries.some(({ checked }) => checked.syntax.subject.text === "xdp");
  const members = ofFrames ? xdpMembers(facts) : undefined;
  // It tests skbs; each frame goes to the queries.
  const tests = ofFrames ? undefined : selection(queries.map(({ where }) => where));
  const tuples = [false, true].filter((inner) =>
    queries.some(({ captures }) =>
      captures.some(({ source }) => source.shape === "tuple" && (source.inner ?? false) === inner),
    ),
  );
  const asksForInner = tuples.includes(true) || roots.some(looksInside);
  const shared = { reader, tables, filters, skbless: plan.returns !== undefined };
  const query = (name: string, of: readonly LoweredQuery[]): ObjectFunction => ({
    name,
    section: ".text",
    visibility: "hidden",
    params: 1,
    insns: queryFunction(of, roots, asksForInner, shared),
  });
  const drops = plan.points.every(({ kind }) => kind === "drop") ? undefined : withoutDrops(queries);
  const functions: ObjectFunction[] = [
    ...(drops ? [query(QUERY, drops), query(QUERY_AT_DROPS, queries)] : [query(QUERY, queries)]),
    {
      name: SELECT,
      section: ".text",
      visibility: "hidden",
      params: 1,
      insns: generateSelect(facts, reader, tables, tests).items,
    },
    {
      name: PARSE,
      section: ".text",
      visibility: "global",
      memory: [VIEW],
      params: 2,
      insns: generateParse(facts, reader, tables, roots.some(asksForLink), members).items,
    },
    ...(plan.looksAtCalls || roots.some(asksForContext) ? [contextFunction(facts, reader)] : []),
    ...(asksForInner ? [innerFunction(reader, tables)] : []),
    ...tuples.map((inner) => tuple(inner, facts, reader, tables)),
    ...filters.all.map((one) => filterFunction(one, facts, reader, tables, ofFrames)),
    ...plan.programs.map((program) => tracepointProgram(program, drops !== undefined)),
    ...(plan.returns ? [returnProgram(plan.returns, facts)] : []),
  ];
  return { functions, externs: EXTERNS, rodata: tables.data, line: sourceLines(source) };
}

const contextFunction = (facts: KernelFacts, reader: Reader): ObjectFunction => ({
  name: CONTEXT_FUNCTION,
  section: ".text",
  visibility: "hidden",
  params: 0,
  insns: generateContext(facts, reader),
});

const innerFunction = (reader: Reader, tables: Tables): ObjectFunction => ({
  name: PARSE_INNER,
  section: ".text",
  visibility: "global",
  memory: [INNER, VIEW],
  params: 2,
  insns: generateInner(reader, tables).items,
});

const tuple = (inner: boolean, facts: KernelFacts, reader: Reader, tables: Tables): ObjectFunction => ({
  name: tupleFunction(inner),
  section: ".text",
  visibility: "global",
  memory: [inner ? INNER : VIEW, TUPLE],
  params: 3,
  insns: generateTuple(facts, reader, tables, inner).items,
});

const filterFunction = (
  { name, filter }: Filters["all"][number],
  facts: KernelFacts,
  reader: Reader,
  tables: Tables,
  ofFrames: boolean,
): ObjectFunction => ({
  name,
  section: ".text",
  visibility: "global",
  // What the view begins with, of the packet and of the one inside it.
  memory: [INNER],
  params: 2,
  insns: generateFilter(filter, facts, reader, tables, ofFrames).items,
});

function queryFunction(
  queries: readonly LoweredQuery[],
  roots: readonly Node[],
  asksForInner: boolean,
  shared: Omit<Generator, "e" | "windows">,
): ObjectFunction["insns"] {
  const emit = (windows: Windows): ObjectFunction["insns"] => {
    const e = new Emitter(STACK);
    e.emit(mov.reg(r6, r1));
    if (asksForInner) clearInner(e);
    for (const query of queries) emitQuery({ ...shared, e, windows }, query);
    e.emit(mov.imm(r0, 0));
    e.return();
    return e.items;
  };
  try {
    return emit(new Windows(roots, asksForInner ? WINDOWS - INNER.size : WINDOWS));
  } catch (error) {
    // Reading members one by one costs time; having no room for them would cost the query.
    if (error instanceof StackExhausted) return emit(new Windows([], 0));
    throw error;
  }
}

/** Of that, what members that are read together may take. */
const WINDOWS = 64;

/** Everything that a query may read. */
function rootsOf(query: LoweredQuery): Node[] {
  const roots: Node[] = [...query.until, ...query.ending].map((terminal) => terminal.condition);
  roots.push(...rootsOfPast(query.past));
  for (const cond of [query.where, query.when, query.stop]) if (cond) roots.push(cond);
  for (const { source, condition } of query.captures) {
    if (condition) roots.push(condition);
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

/** Whether something below asks who is running. */
function asksForContext(root: Node): boolean {
  let asks = false;
  walk(root, ({ op }) => {
    asks ||= op === "context";
  });
  return asks;
}

/** Whether something below asks about the packet inside a tunnel. */
function looksInside(root: Node): boolean {
  let looks = false;
  walk(root, (node) => {
    looks ||= "inner" in node && node.inner === true;
  });
  return looks;
}

/** Whether something below reads the Ethernet header or the VLAN tag. */
function asksForLink(root: Node): boolean {
  const link = VIEW_HAS.eth | VIEW_HAS.tci;
  let asks = false;
  walk(root, (node) => {
    if ("inner" in node && node.inner) return;
    if (node.op === "header") asks ||= node.layer === "eth";
    else if (node.op === "has") asks ||= (node.bits & link) !== 0;
    else if (node.op === "pcap") asks = true;
    else if (node.op === "view") asks ||= (node.has & link) !== 0;
  });
  return asks;
}

/**
 * The queries as they are at all points but drops, if less is captured there. What drops are explained by would be
 * verified once more for each entry program, at which there are none: that took most of the time of a start.
 */
function withoutDrops(queries: readonly LoweredQuery[]): readonly LoweredQuery[] | undefined {
  if (!queries.some(({ captures }) => captures.some(({ ofDrops }) => ofDrops))) return undefined;
  return queries.map((query) => ({
    ...query,
    record: { ...query.record, size: query.record.short },
    captures: query.captures.filter(({ ofDrops }) => !ofDrops),
  }));
}

/** `int pwq_tp_NAME(u64 *ctx)`: picks the arguments and goes to the template's common path. */
function tracepointProgram(tp: TracepointProgram, dropsApart: boolean): ObjectFunction {
  const argument = (to: Parameters<typeof ldx>[1], position: number | undefined): Insn =>
    position === undefined ? mov.imm(to, 0) : ldx(8, to, r6, position * 8);
  const field = cookieFields(tp.cookie);
  const seen = (field("at") | field("until")) !== 0;
  const usual = dropsApart && field("kind") === POINT_KIND.drop ? "pwq_drop" : "pwq_tracepoint";
  // Without the queries, which take the verifier some time for each program that has them.
  const target = seen ? usual : "pwq_unseen";
  return {
    name: tp.program,
    section: `raw_tp/${tp.tracepoint}`,
    visibility: "global",
    params: 1,
    insns: [
      mov.reg(r6, r1),
      argument(r1, tp.skb),
      jump.eq.imm(r1, 0, "out"),
      ...(seen ? [call.local("pwq_passes_by"), jump.ne.imm(r0, 0, "out")] : []),
      mov.reg(r1, r6),
      argument(r2, tp.skb),
      // Not a constant to the verifier: branches that it could decide make states precise, which then never merge.
      mov.reg(r0, r2),
      alu.xor.reg(r0, r2),
      constantInsn(r3, tp.cookie),
      alu.xor.reg(r3, r0),
      ...(seen ? [argument(r4, tp.location), argument(r5, tp.reason)] : []),
      call.local(target),
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
