import type { CallsPoint, Point } from "../../../grammar/ast.ts";
import type { KprobeAttachment, PointInfo } from "../compiled.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Backend, KernelFacts } from "../facts.ts";
import { POINT_KIND } from "../layout.ts";
import { waitsForReturns } from "../returns.ts";
import type { CheckedQuery } from "../typed.ts";
import { packCookie } from "./cookie.ts";
import { globMatcher } from "./glob.ts";
import type { Finders } from "./points.ts";
import type { Universe } from "./universe.ts";

/**
 * The point `calls`: functions without an skb, which belong to the packet of the innermost function on the stack that
 * got one. See bpf/templates/calls.bpf.c.
 */

/** Entry programs of the template: for functions with an skb, which say whose call this is, and for those without. */
const PROGRAMS = {
  "kprobe-multi": { calling: "pwq_calling_multi", called: "pwq_called_multi" },
  kprobe: { calling: "pwq_calling", called: "pwq_called" },
} as const satisfies Partial<Record<Backend, unknown>>;

export const callPrograms = (backend: Backend): (typeof PROGRAMS)[keyof typeof PROGRAMS] =>
  PROGRAMS[backend === "kprobe-multi" ? backend : "kprobe"];

/** So many probes are attached in a few seconds, and leave room in the map of cookies (bpf/templates/kprobe.bpf.c). */
const MOST = 8192;

/** The functions that one point means; reported, with the reason, if there are none. */
export function calleesOf(
  { glob, span }: CallsPoint,
  { universe, source, report }: Finders,
): readonly string[] {
  if (glob === undefined)
    return [...universe.callees.values()].flatMap(({ name, ofNetwork }) => (ofNetwork ? [name] : []));
  const matches = globMatcher(glob);
  const found = [...universe.callees.keys()].filter(matches);
  if (found.length === 0) report(whyNone(glob, matches, universe, { source, span }));
  return found;
}

/** That the queries of a file look at more functions without an skb than are attached; undefined: they do not. */
export function tooManyCalls(queries: readonly CheckedQuery[], count: number): Diagnostic | undefined {
  if (count <= MOST) return undefined;
  const [at] = queries.flatMap(({ source, at: points }) =>
    points.flatMap(({ kind, span }) => (kind === "CallsPoint" ? [{ source, span }] : [])),
  );
  return {
    code: "PWQ1274",
    severity: "error",
    message: "these are too many functions to look at",
    ...(at ? { at } : {}),
    label: `${count} functions without an skb, and ${MOST} at most`,
  };
}

function whyNone(
  glob: string,
  matches: (name: string) => boolean,
  universe: Universe,
  at: Diagnostic["at"],
): Diagnostic {
  if ([...universe.functions.keys()].some(matches)) {
    return {
      code: "PWQ1273",
      severity: "error",
      message: `\`${glob}\` gets the packet itself`,
      ...(at ? { at } : {}),
      label: `write \`${glob}\` without \`calls\``,
    };
  }
  const near = suggest(glob, [...universe.callees.keys()]);
  return {
    code: "PWQ1250",
    severity: "error",
    message: `no function \`${glob}\` in this kernel that could be traced`,
    ...(at ? { at } : {}),
    ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
  };
}

/** The point `xdp`, which in a trace of packets takes the calls that they are in. */
export const isXdp = (point: Point): boolean => point.kind === "NamedPoint" && point.name === "xdp";

/** Why a query cannot have its `calls` here; undefined: it can. */
export function whyNoCalls(query: CheckedQuery, { arch, features }: KernelFacts): Diagnostic | undefined {
  const { stretch, source, syntax } = query;
  if (syntax.subject.text === "xdp") return undefined;
  const point = query.at.find((p) => p.kind === "CallsPoint" || isXdp(p));
  const end = [stretch?.from, stretch?.to].find((p) => p?.kind === "CallsPoint");
  const found = end ?? point;
  if (!found) return undefined;
  const no = (message: string, ...help: string[]): Diagnostic => ({
    code: "PWQ1272",
    severity: "error",
    message,
    at: { source, span: found.span },
    ...(help.length === 0 ? {} : { help }),
  });
  if (end) return no("a journey does not begin or end at functions without a packet");
  const what = isXdp(found) ? "xdp" : "calls";
  if (query.follow.size === 0) {
    return what === "xdp"
      ? no("with `follow none` there is no packet at XDP programs", "`trace xdp` sees their frames")
      : no("with `follow none` nobody works for a followed packet", "leave `follow none` out");
  }
  if (waitsForReturns(query))
    return no(`\`${what}\` and \`ret\` do not go together`, "trace them by two calls of pwq, side by side");
  if (arch !== "x86_64")
    return no(`\`${what}\` is not to be had on ${arch}`, "it takes return addresses that lie on the stack");
  if (!features.interruptContext)
    return no("this kernel does not tell which stack a function runs on", "`pwq doctor` says why");
  return undefined;
}

/** What to attach for functions without an skb; `at`: by name, the queries (bits) that look at it. */
export function attachCalls(
  at: ReadonlyMap<string, number>,
  universe: Universe,
  backend: Backend,
  first: number,
): { readonly kprobes: readonly KprobeAttachment[]; readonly points: readonly PointInfo[] } {
  const functions = [...at].map(([symbol, queries], i) => {
    const { module } = universe.callees.get(symbol)!;
    const of = module === undefined ? {} : { module };
    const cookie = packCookie({
      point: first + i,
      kind: POINT_KIND.function,
      // Also while the packet is being freed.
      freePath: 1,
      at: queries,
    });
    const point: PointInfo = { kind: "function", name: symbol, ...of };
    return { kprobe: { symbol, ...of, program: callPrograms(backend).called, cookie }, point };
  });
  return {
    kprobes: functions.map(({ kprobe }) => kprobe),
    points: functions.map(({ point }) => point),
  };
}
