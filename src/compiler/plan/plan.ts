import type { Point } from "../../../grammar/ast.ts";
import { type RegisterValue, resultOf } from "../btf/signature.ts";
import type { AttachPlan, KprobeAttachment, PointInfo } from "../compiled.ts";
import { type Diagnostic, PwqError } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { Backend, KernelFacts } from "../facts.ts";
import { MAX_QUERIES, POINT_KIND, ROLE } from "../layout.ts";
import type { Source, Span } from "../source.ts";
import type { CheckedProgram, CheckedQuery, TExpr } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";
import { attachCalls, callPrograms, isXdp, tooManyCalls, whyNoCalls } from "./calls.ts";
import { packCookie } from "./cookie.ts";
import { KPROBE, KPROBE_MULTI } from "./entry.ts";
import { type Part, planFollowing } from "./following.ts";
import { HEADLESS, isFreePath, XDP_RUNNERS } from "./lifecycle.ts";
import { type Selection, selectPoints } from "./points.ts";
import {
  FRAMES_NOTICE,
  nameNotice,
  type ProgramKind,
  type ProgramPoints,
  programPoints,
  VERDICT,
} from "./programs.ts";
import { mixedNotices, planReturns, type ReturnPlan, returningQueries } from "./returns.ts";
import { terminalPoints } from "./terminals.ts";
import { groupOf, UNUSABLE_TRACEPOINT } from "./tracepoints.ts";
import { type Candidate, isSkbPointer, Universe } from "./universe.ts";

export type BackendChoice = "auto" | Backend;

/** An attach plan and what the code generator must know besides. */
export interface Plan extends AttachPlan {
  readonly programs: readonly TracepointProgram[];
  readonly queries: readonly QueryPlan[];
  /** Functions without an skb are among the points. */
  readonly looksAtCalls: boolean;
}

/** A generated program for one raw tracepoint. */
export interface TracepointProgram {
  /** Function name in the object. */
  readonly program: string;
  readonly tracepoint: string;
  /** Argument positions, zero-based. */
  readonly skb: number;
  readonly location?: number;
  readonly reason?: number;
  readonly cookie: bigint;
}

export interface QueryPlan {
  /** Only drops are looked at: a packet has one event, so nothing needs to be followed. */
  readonly once: boolean;
  /** Numbers of the points at which a journey ends as `ending` says. */
  readonly ending: readonly number[];
  /** Of `from … to …`: numbers of the points at which a journey begins and ends. */
  readonly stretch?: { readonly from: readonly number[]; readonly to: readonly number[] };
}

/** What is wanted at one function or tracepoint, collected over all queries. */
interface Want {
  at: number;
  until: number;
  /** Of `until`, those for which such an end is one that `ending` asks for. */
  ending: number;
  /** Queries whose journeys begin and end here: `from … to …`. */
  from: number;
  to: number;
  part: Part;
  /** Queries that wait for its return. */
  returns: number;
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
  notices.push(...queries.flatMap(mixedNotices), ...queries.flatMap(nameNotice));
  const bitsOf = (is: (selection: Selection) => boolean): number =>
    selections.reduce((bits, selection, i) => (is(selection) ? bits | (1 << i) : bits), 0);
  const looksAtXdp = bitsOf(({ xdp }) => xdp);
  const ofFrames = frames.length > 0;
  if (looksAtXdp && !ofFrames) notices.push(FRAMES_NOTICE);
  const watching = new Map<ProgramKind, number>([
    ["tc", bitsOf(({ tc }) => tc)],
    [ofFrames ? "frames" : "xdp", looksAtXdp],
  ]);
  return assemble(world, facts, backend, functions, calls, tracepoints, how, watching, {
    notices,
    once,
    timed: stretches.map((stretch) => stretch !== undefined),
    leftOut: () => leftOut(world, selections, probing),
  });
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

/** What a function returns, if that is a number or a pointer. */
function returns(world: Universe, name: string, facts: KernelFacts): RegisterValue | undefined {
  const { btfId, module } = world.functions.get(name)!;
  const btf = module === undefined ? facts.btf : facts.modules().find((of) => of.name === module)!;
  return resultOf(btf, btf.type(btfId));
}

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

/** A drop is the last of an skb: a query that looks only at drops needs no memory of packets. */
const isOnce = (query: CheckedQuery, s: Selection): boolean =>
  s.drop &&
  !query.stretch &&
  !s.tc &&
  !s.xdp &&
  s.functions.size === 0 &&
  s.calls.size === 0 &&
  s.tracepoints.size === 0 &&
  query.until.every((t) => t.kind === "drop" || t.kind === "expr") &&
  query.ending.every((t) => t.kind === "drop");

function chooseBackend(
  queries: readonly CheckedQuery[],
  selections: readonly Selection[],
  facts: KernelFacts,
  choice: BackendChoice,
  report: (d: Diagnostic) => void,
): Backend {
  // Each is tried when it is asked for, and that takes a while.
  const available = (backend: Backend): boolean =>
    backend === "tracepoint" || facts.features[backend === "kprobe" ? "kprobe" : "kprobeMulti"];
  if (choice !== "auto" && !available(choice)) {
    report({
      code: "PWQ1257",
      severity: "error",
      message: `backend \`${choice}\` is not available here`,
      help: ["`pwq doctor` says why; leave `--backend` out to use the best there is"],
    });
  }
  if (choice !== "auto" && choice !== "tracepoint") return choice;
  // Drops are a tracepoint: whether there are function probes makes no difference, and to find out takes a while.
  if (queries.every((query, i) => isOnce(query, selections[i]!))) return "tracepoint";
  const best = (["kprobe-multi", "kprobe"] as const).find(available);
  if (choice === "auto" && best) return best;
  selections.forEach((selection, i) => {
    const [point] = selection.needFunctions;
    if (!point) return;
    report({
      code: "PWQ1256",
      severity: "error",
      message:
        choice === "tracepoint"
          ? "the tracepoint backend cannot look at functions"
          : "this kernel has no function probes that pwq could use",
      at: { source: queries[i]!.source, span: point.span },
      label: "only tracepoints can be looked at here",
      help: [
        "leave `at` out to look at every tracepoint that carries an skb, or write `at tracepoint net:*`",
      ],
    });
  });
  return "tracepoint";
}

/** Everything that one query looks at. */
function joined(
  at: Selection | undefined,
  stretch: { readonly from: Selection; readonly to: Selection } | undefined,
): Selection {
  const parts = [...(at ? [at] : []), ...(stretch ? [stretch.from, stretch.to] : [])];
  return {
    functions: new Set(parts.flatMap(({ functions }) => [...functions])),
    calls: new Set(parts.flatMap(({ calls }) => [...calls])),
    tracepoints: new Set(parts.flatMap(({ tracepoints }) => [...tracepoints])),
    drop: parts.some(({ drop }) => drop),
    tc: parts.some(({ tc }) => tc),
    xdp: parts.some(({ xdp }) => xdp),
    needFunctions: parts.flatMap(({ needFunctions }) => needFunctions),
    all: parts.some(({ all }) => all),
  };
}

function leftOut(
  world: Universe,
  selections: readonly Selection[],
  probing: boolean,
): ReturnType<AttachPlan["leftOut"]> {
  if (!selections.some((s) => s.all)) return [];
  const groups: { reason: string; names: readonly string[] }[] = [];
  if (probing) {
    groups.push({ reason: "inlined or marked notrace", names: [...world.untraceable] });
    groups.push({ reason: "compiler copies, whose arguments BTF does not describe", names: world.copies });
    for (const [reason, names] of world.unreachable) groups.push({ reason, names });
  } else {
    const unusable = [...world.tracepoints.keys()].filter((name) => name in UNUSABLE_TRACEPOINT);
    for (const name of unusable) groups.push({ reason: UNUSABLE_TRACEPOINT[name]!, names: [name] });
  }
  return groups.filter((g) => g.names.length > 0);
}

/** Numbers the points and packs the cookies. */
function assemble(
  world: Universe,
  facts: KernelFacts,
  backend: Backend,
  functions: ReadonlyMap<string, Want>,
  calls: ReadonlyMap<string, number>,
  tracepoints: ReadonlyMap<string, Want>,
  how: Omit<ReturnPlan, "first"> | undefined,
  watching: ReadonlyMap<ProgramKind, number>,
  {
    once,
    timed,
    notices,
    leftOut,
  }: Pick<Plan, "notices" | "leftOut"> & {
    readonly once: readonly boolean[];
    readonly timed: readonly boolean[];
  },
): Plan {
  const points: PointInfo[] = [];
  /** What is wanted at each point, by its number. */
  const wants: Want[] = [];
  const kprobes: KprobeAttachment[] = [];
  const usual = backend === "kprobe-multi" ? KPROBE_MULTI : KPROBE;
  const looksAtCalls = calls.size > 0 || (watching.get("xdp") ?? 0) !== 0;
  const probes = looksAtCalls ? callPrograms(backend).calling : usual;
  // Functions whose returns are seen come first: their numbers tell those of the returns.
  const ordered = [...functions].sort(([, a], [, b]) => Number(b.returns !== 0) - Number(a.returns !== 0));
  for (const [name, want] of ordered) {
    const fn = world.functions.get(name)!;
    const of = fn.module === undefined ? {} : { module: fn.module };
    kprobes.push({
      symbol: name,
      ...of,
      program: want.returns && how?.how === "session" ? how.program : probes,
      cookie: packCookie({
        point: points.length,
        skb: fn.position,
        other: otherArgument(world, fn, want.part, facts),
        role: want.part.role,
        apart: want.part.apart ?? 0,
        freePath: isFreePath(name) ? 1 : 0,
        kind: POINT_KIND.function,
        headless: HEADLESS.has(name) ? 1 : 0,
        carries: watching.get("xdp") && XDP_RUNNERS.includes(name) ? 1 : 0,
        at: want.at,
        until: want.until,
        returns: want.returns,
      }),
    });
    wants.push(want);
    points.push({ kind: "function", name, ...of });
  }
  const programs: TracepointProgram[] = [];
  for (const [name, want] of tracepoints) {
    const tp = world.tracepoint(name);
    if (!tp) continue;
    const drop = name === "kfree_skb";
    // kfree_skb(skb, location, reason, …): BTF has the types of a tracepoint's arguments, not their names.
    const location = tp.position + 1;
    const reason = tp.params.findIndex((p) => facts.btf.resolve(p.type).name === "skb_drop_reason");
    programs.push({
      program: `pwq_tp_${name}`,
      tracepoint: name,
      skb: tp.position,
      ...(drop && location < tp.params.length ? { location } : {}),
      ...(drop && reason >= 0 ? { reason } : {}),
      cookie: packCookie({
        point: points.length,
        role: want.part.role,
        freePath: drop || name === "consume_skb" ? 1 : 0,
        kind: drop ? POINT_KIND.drop : POINT_KIND.tracepoint,
        at: want.at,
        until: want.until,
      }),
    });
    wants.push(want);
    points.push({
      kind: drop ? "drop" : "tracepoint",
      name: `${groupOf(name, facts.tracepointGroup)}:${name}`,
    });
  }
  const called = attachCalls(calls, world, backend, points.length);
  kprobes.push(...called.kprobes);
  points.push(...called.points);
  const first = points.length;
  for (const [name, want] of ordered) {
    if (!want.returns) continue;
    const { module } = world.functions.get(name)!;
    const value = returns(world, name, facts);
    points.push({
      kind: "return",
      name,
      ...(module === undefined ? {} : { module }),
      ...(value ? { value } : {}),
    });
  }
  const loaded: ProgramPoints[] = [];
  for (const [kind, at] of watching) {
    if (at === 0) continue;
    const one = programPoints(kind, at, points.length);
    loaded.push(one);
    for (let i = 0; i < one.count; i++) {
      points.push({
        kind: "program",
        name: `a program at ${one.label}`,
        ...(kind === "frames" ? { value: VERDICT } : {}),
      });
    }
  }
  return {
    backend,
    points,
    kprobes,
    programPoints: loaded,
    ...(how ? { returns: { ...how, first } } : {}),
    tracepoints: programs.map(({ program, tracepoint }) => ({ program, tracepoint })),
    programs,
    looksAtCalls,
    queries: once.map((one, index) => {
      const pointsOf = (what: "ending" | "from" | "to"): readonly number[] =>
        wants.flatMap((want, point) => (want[what] & (1 << index) ? [point] : []));
      return {
        once: one,
        ending: pointsOf("ending"),
        ...(timed[index] && { stretch: { from: pointsOf("from"), to: pointsOf("to") } }),
      };
    }),
    notices,
    leftOut,
  };
}

/** What `other` of a cookie is for this part: the second skb, or what a crossing depends on; else the skb itself. */
function otherArgument(world: Universe, fn: Candidate, { role, when }: Part, facts: KernelFacts): number {
  const { position } = fn;
  if (role !== ROLE.clone && role !== ROLE.copying) return when ?? position;
  const second = world.parameters(fn).findIndex((p, i) => i > position && isSkbPointer(facts.btf, p.type));
  return second < 0 ? position : second;
}
