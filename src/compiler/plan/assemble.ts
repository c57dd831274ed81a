import { type RegisterValue, resultOf } from "../btf/signature.ts";
import type { KprobeAttachment, PointInfo } from "../compiled.ts";
import type { Backend, KernelFacts } from "../facts.ts";
import { POINT_KIND, ROLE } from "../layout.ts";
import { attachCalls, callPrograms } from "./calls.ts";
import { packCookie } from "./cookie.ts";
import { KPROBE, KPROBE_MULTI } from "./entry.ts";
import type { Part } from "./following.ts";
import { HEADLESS, isFreePath, XDP_RUNNERS } from "./lifecycle.ts";
import type { Plan } from "./plan.ts";
import { type ProgramKind, type ProgramPoints, programPoints, VERDICT } from "./programs.ts";
import type { ReturnPlan } from "./returns.ts";
import { groupOf } from "./tracepoints.ts";
import { type Candidate, isSkbPointer, type Universe } from "./universe.ts";

/** What is wanted at one function or tracepoint, collected over all queries. */
export interface Want {
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

/** All that is to be attached, with the queries (bits) it is for. */
export interface Wanted {
  readonly world: Universe;
  readonly facts: KernelFacts;
  readonly backend: Backend;
  readonly functions: ReadonlyMap<string, Want>;
  readonly tracepoints: ReadonlyMap<string, Want>;
  readonly calls: ReadonlyMap<string, number>;
  readonly programs: ReadonlyMap<ProgramKind, number>;
  /** How functions are seen to return. */
  readonly how: Omit<ReturnPlan, "first"> | undefined;
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

type Assembled = Pick<
  Plan,
  "points" | "kprobes" | "programPoints" | "returns" | "tracepoints" | "programs" | "looksAtCalls"
> & {
  /** By point number, of functions and tracepoints. */
  readonly wants: readonly Want[];
};

/** Numbers the points and packs the cookies. */
export function assemble(wanted: Wanted): Assembled {
  const { calls, world, backend, how } = wanted;
  // Functions whose returns are seen come first: their numbers tell those of the returns.
  const ordered = [...wanted.functions].sort(
    ([, a], [, b]) => Number(b.returns !== 0) - Number(a.returns !== 0),
  );
  const looksAtCalls = calls.size > 0 || (wanted.programs.get("xdp") ?? 0) !== 0;
  const entered = functionPoints(wanted, ordered, looksAtCalls);
  const traced = tracepointPoints(wanted, entered.points.length);
  const seen = [...entered.points, ...traced.points];
  const called = attachCalls(calls, world, backend, seen.length);
  const first = seen.length + called.points.length;
  const returned = returnPoints(wanted, ordered);
  const run = runPoints(wanted, first + returned.length);
  return {
    points: [...seen, ...called.points, ...returned, ...run.points],
    kprobes: [...entered.kprobes, ...called.kprobes],
    programPoints: run.loaded,
    ...(how ? { returns: { ...how, first } } : {}),
    tracepoints: traced.programs.map(({ program, tracepoint }) => ({ program, tracepoint })),
    programs: traced.programs,
    looksAtCalls,
    wants: [...entered.wants, ...traced.wants],
  };
}

type Ordered = readonly (readonly [name: string, want: Want])[];

function functionPoints(
  { world, facts, backend, programs, how }: Wanted,
  ordered: Ordered,
  looksAtCalls: boolean,
): { readonly kprobes: KprobeAttachment[]; readonly points: PointInfo[]; readonly wants: Want[] } {
  const usual = backend === "kprobe-multi" ? KPROBE_MULTI : KPROBE;
  const probes = looksAtCalls ? callPrograms(backend).calling : usual;
  const kprobes = ordered.map(([name, want], point): KprobeAttachment => {
    const fn = world.functions.get(name)!;
    return {
      symbol: name,
      ...(fn.module === undefined ? {} : { module: fn.module }),
      program: want.returns && how?.how === "session" ? how.program : probes,
      cookie: packCookie({
        point,
        skb: fn.position,
        other: otherArgument(world, fn, want.part, facts),
        role: want.part.role,
        apart: want.part.apart ?? 0,
        freePath: isFreePath(name) ? 1 : 0,
        kind: POINT_KIND.function,
        headless: HEADLESS.has(name) ? 1 : 0,
        carries: programs.get("xdp") && XDP_RUNNERS.includes(name) ? 1 : 0,
        at: want.at,
        until: want.until,
        returns: want.returns,
      }),
    };
  });
  const points = kprobes.map(
    ({ symbol, module }): PointInfo => ({
      kind: "function",
      name: symbol,
      ...(module !== undefined && { module }),
    }),
  );
  return { kprobes, points, wants: ordered.map(([, want]) => want) };
}

function tracepointPoints(
  { world, facts, tracepoints }: Wanted,
  first: number,
): { readonly programs: TracepointProgram[]; readonly points: PointInfo[]; readonly wants: Want[] } {
  const found = [...tracepoints].flatMap(([name, want]) => {
    const tp = world.tracepoint(name);
    return tp ? [{ name, want, tp, drop: name === "kfree_skb" }] : [];
  });
  const programs = found.map(({ name, want, tp, drop }, index): TracepointProgram => {
    // kfree_skb(skb, location, reason, …): BTF has the types of a tracepoint's arguments, not their names.
    const location = tp.position + 1;
    const reason = tp.params.findIndex((p) => facts.btf.resolve(p.type).name === "skb_drop_reason");
    return {
      program: `pwq_tp_${name}`,
      tracepoint: name,
      skb: tp.position,
      ...(drop && location < tp.params.length ? { location } : {}),
      ...(drop && reason >= 0 ? { reason } : {}),
      cookie: packCookie({
        point: first + index,
        role: want.part.role,
        freePath: drop || name === "consume_skb" ? 1 : 0,
        kind: drop ? POINT_KIND.drop : POINT_KIND.tracepoint,
        at: want.at,
        until: want.until,
      }),
    };
  });
  const points = found.map(
    ({ name, drop }): PointInfo => ({
      kind: drop ? "drop" : "tracepoint",
      name: `${groupOf(name, facts.tracepointGroup)}:${name}`,
    }),
  );
  return { programs, points, wants: found.map(({ want }) => want) };
}

const returnPoints = ({ world, facts }: Wanted, ordered: Ordered): PointInfo[] =>
  ordered.flatMap(([name, want]): PointInfo[] => {
    if (!want.returns) return [];
    const { module } = world.functions.get(name)!;
    const value = returns(world, name, facts);
    return [{ kind: "return", name, ...(module !== undefined && { module }), ...(value && { value }) }];
  });

/** Of BPF programs: which there will be is not known yet. */
function runPoints(
  { programs }: Wanted,
  first: number,
): { readonly loaded: ProgramPoints[]; readonly points: PointInfo[] } {
  const loaded: ProgramPoints[] = [];
  const points: PointInfo[] = [];
  for (const [kind, at] of programs) {
    if (at === 0) continue;
    const one = programPoints(kind, at, first + points.length);
    loaded.push(one);
    const point: PointInfo = {
      kind: "program",
      name: `a program at ${one.label}`,
      ...(kind === "frames" ? { value: VERDICT } : {}),
    };
    for (let i = 0; i < one.count; i++) points.push(point);
  }
  return { loaded, points };
}

/** What a export function returns, if that is a number or a pointer. */
export function returns(world: Universe, name: string, facts: KernelFacts): RegisterValue | undefined {
  const { btfId, module } = world.functions.get(name)!;
  const btf = module === undefined ? facts.btf : facts.modules().find((of) => of.name === module)!;
  return resultOf(btf, btf.type(btfId));
}

/** What `other` of a cookie is for this part: the second skb, or what a crossing depends on; else the skb itself. */
function otherArgument(world: Universe, fn: Candidate, { role, when }: Part, facts: KernelFacts): number {
  const { position } = fn;
  if (role !== ROLE.clone && role !== ROLE.copying) return when ?? position;
  const second = world.parameters(fn).findIndex((p, i) => i > position && isSkbPointer(facts.btf, p.type));
  return second < 0 ? position : second;
}
