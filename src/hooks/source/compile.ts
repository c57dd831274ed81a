import type * as Acorn from "acorn";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import type { Source, Span } from "../../compiler/source.ts";
import { type HookEventName, hookEvent } from "../events.ts";
import type { Hook, HookProgram, ParamValue } from "../program.ts";
import type { UsedHook } from "./expressions.ts";
import type { Finding } from "./findings.ts";
import { Joined, type Place } from "./joined.ts";
import type { Known } from "./members.ts";
import { NOT_TYPESCRIPT, parseScript } from "./script.ts";
import { usage } from "./usage.ts";

/** `on EVENT (e) { … }` of a program. */
export interface HookStatement {
  readonly event: HookEventName;
  readonly parameter?: string;
  readonly everyNs?: bigint;
  readonly source: Source;
  /** From `on` to before the body. */
  readonly head: Span;
  /** Between the braces. */
  readonly body: Span;
}

export interface HookSources {
  readonly statements: readonly HookStatement[];
  /** Of `--hook`. */
  readonly files: readonly Source[];
  readonly columns: ReadonlySet<string>;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Reads the interval of a tick in a file; undefined: it is none. */
  readonly interval: (text: string) => bigint | undefined;
}

export type ReportFinding = (
  code: Code,
  place: Place | undefined,
  message: string,
  details?: { readonly label?: string | undefined },
) => void;

/** Finds everything that is wrong with hooks and what they read. Undefined: there are mistakes, all reported. */
export function compileHooks(sources: HookSources, report: ReportFinding): HookProgram | undefined {
  const { joined, bodies } = join(sources);
  const program = parse(joined, report);
  if (!program) return undefined;
  const known: Known = { columns: sources.columns, params: new Set(Object.keys(sources.params)) };
  const { hooks, fields, layers, whole, findings } = usage(program.tree, known);
  const wrong = [...findings, ...misplaced(program.tree, bodies)];
  for (const { code, start, end, message, label } of wrong)
    report(code, joined.place(start, end), message, { label });
  const made = hooks.map((hook, i) => checkHook(hook, sources.statements[i], joined, sources, report));
  if (wrong.length > 0 || made.some((hook) => hook === undefined)) return undefined;
  return {
    code: program.code,
    origin: joined,
    hooks: made as Hook[],
    fields,
    layers,
    whole,
    params: sources.params,
  };
}

/** Bodies of statements become functions given to `on`, as they are written in a file. */
function join({ statements, files }: HookSources): {
  readonly joined: Joined;
  readonly bodies: readonly Span[];
} {
  const joined = new Joined();
  joined.addOwn('"use strict";');
  const bodies = statements.map(({ event, parameter = "", source, head, body }) => {
    joined.addOwn(`\non(${JSON.stringify(event)}, function (${parameter}) {`, { source, span: head });
    const start = joined.add(source.text.slice(body.start, body.end), source, body.start);
    joined.addOwn("});");
    return { start, end: start + body.end - body.start };
  });
  for (const source of files) {
    joined.addOwn("\n");
    joined.add(source.text, source);
  }
  return { joined, bodies };
}

function parse(
  joined: Joined,
  report: ReportFinding,
): { readonly tree: Acorn.Program; readonly code: string } | undefined {
  const script = parseScript(joined, "module");
  if (!("problem" in script)) return script;
  const { problem, start, end } = script;
  report("PWQ1601", joined.place(start, end), NOT_TYPESCRIPT, { label: problem });
  return undefined;
}

/**
 * Where a body ends is found without parsing it. Had that gone wrong, code could stand outside of its function: then the
 * functions are not where they were put.
 */
function misplaced(tree: Acorn.Program, bodies: readonly Span[]): readonly Finding[] {
  return bodies.flatMap(({ start, end }, i): Finding[] => {
    const statement = tree.body[i + 1];
    const call = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
    const handler = call?.type === "CallExpression" ? call.arguments[1] : undefined;
    const body = handler?.type === "FunctionExpression" ? handler.body : undefined;
    if (body?.start === start - 1 && body.end === end + 1) return [];
    const message = "the end of this hook cannot be found";
    const label = "put the regular expression or quote in it on a line of its own";
    return [{ code: "PWQ1601", start, end: start + 1, message, label }];
  });
}

/** Intervals shorter than this would run the hook more often than events are handed over. */
const SHORTEST_NS = 10_000_000n;

function checkHook(
  { event, interval, start, end, headEnd, keeps }: UsedHook,
  statement: HookStatement | undefined,
  joined: Joined,
  sources: HookSources,
  report: ReportFinding,
): Hook | undefined {
  const place = statement
    ? { source: statement.source, span: statement.head }
    : joined.place(start, headEnd)!;
  const { timed } = hookEvent(event);
  const everyNs = statement?.everyNs ?? (interval === undefined ? undefined : sources.interval(interval));
  if (timed && (everyNs === undefined || everyNs < SHORTEST_NS)) {
    report("PWQ1604", place, "`tick` needs an interval of at least 10ms", { label: "such as `tick(1s)`" });
    return undefined;
  }
  if (!timed && (interval !== undefined || statement?.everyNs !== undefined)) {
    report("PWQ1604", place, `\`${event}\` takes no interval`, { label: "only `tick` does" });
    return undefined;
  }
  return { event, place, start, end, keeps, ...(everyNs !== undefined && { everyNs }) };
}
