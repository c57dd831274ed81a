import type { Point } from "../../../grammar/ast.ts";
import type { AttachPlan } from "../compiled.ts";
import { type Diagnostic, PwqError } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { KernelFacts } from "../facts.ts";
import { MAX_QUERIES, ROLE } from "../layout.ts";
import type { Source, Span } from "../source.ts";
import type { CheckedProgram, CheckedQuery, TExpr } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";
import { assemble, returns, type TracepointProgram, type Want } from "./assemble.ts";
import { type BackendChoice, chooseBackend, isOnce } from "./backend.ts";
import { isXdp, tooManyCalls, whyNoCalls } from "./calls.ts";
import { planFollowing } from "./following.ts";
import { leftOut } from "./left-out.ts";
import { XDP_RUNNERS } from "./lifecycle.ts";
import { joined, type Selection, selectPoints } from "./points.ts";
import { FRAMES_NOTICE, type ProgramKind } from "./programs.ts";
import { mixedNotices, planReturns, returningQueries } from "./returns.ts";
import { terminalPoints } from "./terminals.ts";
import { Universe } from "./universe.ts";

/** An attach plan and what the code generator must know besides. */
export interface Plan extends AttachPlan {
  readonly programs: readonly TracepointProgram[];
  readonly queries: readonly QueryPlan[];
  /** Functions without an skb are among the points. */
  readonly looksAtCalls: boolean;
}

export interface QueryPlan {
  /** Only drops are looked at: a packet has one event, so nothing needs to be followed. */
  readonly once: boolean;
  /** Numbers of the points at which a journey ends as `ending` says. */
  readonly ending: readonly number[];
  /** Of `from … to …`: numbers of the points at which a journey begins and ends. */
  readonly stretch?: { readonly from: readonly number[]; readonly to: readonly number[] };
}

/**
 * Decides what to attach: the fewest functions and tracepoints that answer all queries of a file, on the best backend
 * there is. Throws PwqError with everything that cannot be had; leaves nothing out silently (`leftOut`, `notices`).
 */
export function plan(
  program: CheckedProgram,
  facts: KernelFacts,
  choice: BackendChoice = "auto",
  modules?: readonly string[],
): Plan {
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic): void => {
    if (!diagnostics.some((other) => other.code === d.code && other.message === d.message))
      diagnostics.push(d);
  };
  const world = new Universe(facts, modules);
  for (const name of modules ?? []) if (!world.modules.includes(name)) report(noModule(name, world.modules));
  const { queries } = program;
  if (queries.length > MAX_QUERIES) {
    const { source, syntax } = queries[MAX_QUERIES]!;
    report({
      code: "PWQ1260",
      severity: "error",
      message: `a file may hold ${MAX_QUERIES} queries, this one has ${queries.length}`,
      at: { source, span: syntax.span },
      label: "one too many: split the file",
    });
  }
  const frames = queries.filter((q) => q.syntax.subject.text === "xdp");
  for (const query of queries) {
    const why = whyNoCalls(query, facts);
    if (why) report(why);
  }
  if (frames.length > 0 && frames.length < queries.length) report(mixed(frames[0]!));
  const select = (q: CheckedQuery, points: readonly Point[]): Selection => {
    const selection = selectPoints(points, world, facts, q.source, report);
    const ofSkb = q.syntax.subject.text === "xdp" ? [] : points.filter(isXdp);
    return { ...selection, needFunctions: [...selection.needFunctions, ...ofSkb] };
  };
  const stretches = queries.map(
    (q) => q.stretch && { from: select(q, [q.stretch.from]), to: select(q, [q.stretch.to]) },
  );
  queries.forEach(({ source, stretch }) => {
    for (const end of stretch ? [stretch.from, stretch.to] : []) {
      if (end.kind === "NamedPoint" && (end.name === "tc" || end.name === "xdp"))
        report(noEnd(source, end.span));
    }
  });
  const selections = queries.map((q, i) =>
    joined(q.at.length > 0 ? select(q, q.at) : undefined, stretches[i]),
  );
  if (diagnostics.length > 0) throw new PwqError(diagnostics);

  const backend = chooseBackend(queries, selections, facts, choice, report);
  if (diagnostics.length > 0) throw new PwqError(diagnostics);

  const functions = new Map<string, Want>();
  const tracepoints = new Map<string, Want>();
  const calls = new Map<string, number>();
  const want = (where: Map<string, Want>, name: string): Want => {
    const found = where.get(name) ?? {
      at: 0,
      until: 0,
      ending: 0,
      from: 0,
      to: 0,
      part: { role: ROLE.none },
      returns: 0,
    };
    where.set(name, found);
    return found;
  };
  const notices: string[] = [];
  const probing = backend !== "tracepoint";

  const wantedAt = (selection: Selection): readonly Want[] => [
    ...(probing ? [...selection.functions].map((name) => want(functions, name)) : []),
    ...[...selection.tracepoints].map((name) => want(tracepoints, name)),
    // Not a function, but without it `all` would show a packet's end and not say why.
    ...(selection.drop || selection.all ? [want(tracepoints, "kfree_skb")] : []),
    ...(selection.all && !probing ? world.usableTracepoints.map((name) => want(tracepoints, name)) : []),
  ];

  queries.forEach((query, index) => {
    const bit = 1 << index;
    const selection = selections[index]!;
    for (const each of wantedAt(selection)) each.at |= bit;
    for (const name of selection.calls) calls.set(name, (calls.get(name) ?? 0) | bit);
    for (const end of ["from", "to"] as const) {
      const stretch = stretches[index]?.[end];
      if (!stretch) continue;
      for (const each of wantedAt(stretch)) each[end] |= bit;
    }
    for (const [kind, terminals] of [
      ["until", query.until],
      ["ending", query.ending],
    ] as const) {
      for (const terminal of terminals) {
        if (terminal.kind === "expr" && mentionsDrop(terminal.condition))
          want(tracepoints, "kfree_skb").at |= bit;
        const met = terminalPoints(terminal, query, { universe: world, facts, probing, report });
        const wants = [
          ...met.functions.map((name) => want(functions, name)),
          ...met.tracepoints.map((name) => want(tracepoints, name)),
        ];
        for (const each of wants) {
          each.until |= bit;
          if (kind === "ending") each.ending |= bit;
        }
      }
    }
    const programs = selection.tc || selection.xdp;
    if (programs && !facts.features.programProbe) report(noProgramProbe(query));
    if (!programs && ![...functions.values(), ...tracepoints.values()].some((w) => w.at & bit)) {
      report({
        code: "PWQ1259",
        severity: "error",
        message: "nothing is left to look at",
        at: { source: query.source, span: query.syntax.span },
        label: "the exclusions take everything away",
      });
    }
  });
  const tooMany = tooManyCalls(queries, calls.size);
  if (tooMany) report(tooMany);
  if (diagnostics.length > 0) throw new PwqError(diagnostics);

  const once = queries.map((q, i) => isOnce(q, selections[i]!));
  const following = planFollowing(
    world,
    probing,
    queries.map((q, i) => (q.follow.size > 0 && !once[i] ? q : undefined)),
  );
  if (frames.length === 0 && selections.some(({ xdp }) => xdp)) {
    for (const name of XDP_RUNNERS) if (world.functions.has(name)) want(functions, name);
  }
  for (const [name, part] of following.functions) want(functions, name).part = part;
  for (const [name, part] of following.tracepoints) want(tracepoints, name).part = part;
  notices.push(...following.notices);
  if (!probing && selections.some((s) => s.all)) {
    notices.unshift(
      `no function probes here: looking at ${tracepoints.size} tracepoints instead of all functions with an skb`,
    );
  }
  const waiting = returningQueries(queries);
  const returning = [...functions].filter(([name, { at }]) => at & waiting && returns(world, name, facts));
  const multi = backend === "kprobe-multi";
  const how = waiting
    ? planReturns(
        queries,
        returning.map(([, { at }]) => at),
        probing,
        multi,
        facts,
      )
    : undefined;
  for (const [, want] of returning) want.returns = want.at & waiting;
  notices.push(...queries.flatMap(mixedNotices));
  const bitsOf = (is: (selection: Selection) => boolean): number =>
    selections.reduce((bits, selection, i) => (is(selection) ? bits | (1 << i) : bits), 0);
  const looksAtXdp = bitsOf(({ xdp }) => xdp);
  const ofFrames = frames.length > 0;
  if (looksAtXdp && !ofFrames) notices.push(FRAMES_NOTICE);
  const watching = new Map<ProgramKind, number>([
    ["tc", bitsOf(({ tc }) => tc)],
    [ofFrames ? "frames" : "xdp", looksAtXdp],
  ]);
  const { wants, ...made } = assemble({
    world,
    facts,
    backend,
    functions,
    tracepoints,
    calls,
    programs: watching,
    how,
  });
  return {
    backend,
    ...made,
    queries: once.map((one, index) => {
      const pointsOf = (what: "ending" | "from" | "to"): readonly number[] =>
        wants.flatMap((each, point) => (each[what] & (1 << index) ? [point] : []));
      return {
        once: one,
        ending: pointsOf("ending"),
        ...(stretches[index] && { stretch: { from: pointsOf("from"), to: pointsOf("to") } }),
      };
    }),
    notices,
    leftOut: () => leftOut(world, selections, probing),
  };
}

function noModule(name: string, loaded: readonly string[]): Diagnostic {
  const label = didYouMean(name, loaded);
  return {
    code: "PWQ1253",
    severity: "error",
    message: `no module \`${name}\` is loaded`,
    ...(label === undefined ? {} : { label }),
    help: [`load it first: modprobe ${name}`],
  };
}

/** `until drop and tcp`: a condition that only the drop itself can decide. */
const mentionsDrop = (condition: TExpr): boolean =>
  someExpr(condition, (part) => part.kind === "present" && part.layer === "drop");

const mixed = ({ source, syntax }: CheckedQuery): Diagnostic => ({
  code: "PWQ1271",
  severity: "error",
  message: "packets and XDP frames cannot be traced by one file",
  at: { source, span: syntax.subject.span },
  label: "put it into a file of its own",
});

const noEnd = (source: Source, span: Span): Diagnostic => ({
  code: "PWQ1270",
  severity: "error",
  message: "a journey is not timed from or to BPF programs",
  at: { source, span },
  help: ["`tcf_classify` is the function that runs programs at tc"],
});

function noProgramProbe({ at, source }: CheckedQuery): Diagnostic {
  const point = at.find((p) => p.kind === "NamedPoint" && (p.name === "tc" || p.name === "xdp"))!;
  return {
    code: "PWQ1270",
    severity: "error",
    message: "this kernel cannot look at BPF programs",
    at: { source, span: point.span },
    help: ["`pwq doctor` says what is missing; `at tcf_classify` is the function that runs programs at tc"],
  };
}
