import type { GlobPoint, ModulePoint, Point, TracepointPoint } from "../../../grammar/ast.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { KernelFacts } from "../facts.ts";
import type { Source } from "../source.ts";
import { calleesOf } from "./calls.ts";
import { globMatcher } from "./glob.ts";
import { groupOf, UNUSABLE_TRACEPOINT } from "./tracepoints.ts";
import { SHARED_NAME, type Universe } from "./universe.ts";
import { WAYPOINTS } from "./waypoints.ts";

/** What a list of points comes to in this kernel. */
export interface Selection {
  readonly functions: ReadonlySet<string>;
  /** Functions without an skb, where a followed packet is worked for. */
  readonly calls: ReadonlySet<string>;
  /** Without group. */
  readonly tracepoints: ReadonlySet<string>;
  readonly drop: boolean;
  /** The BPF programs at tc. */
  readonly tc: boolean;
  /** The XDP programs. */
  readonly xdp: boolean;
  /** Points that only function probes can answer, as written. */
  readonly needFunctions: readonly Point[];
  /** `all` is among them: with tracepoints only, it means all tracepoints. */
  readonly all: boolean;
}

/** Resolves the points of one `at`; what matches nothing is reported and left out. */
export function selectPoints(
  points: readonly Point[],
  universe: Universe,
  facts: KernelFacts,
  source: Source,
  report: (diagnostic: Diagnostic) => void,
): Selection {
  const functions = new Set<string>();
  const calls = new Set<string>();
  const tracepoints = new Set<string>();
  const needFunctions: Point[] = [];
  let drop = false;
  const tc = points.some((p) => p.kind === "NamedPoint" && p.name === "tc");
  const xdp = points.some((p) => p.kind === "NamedPoint" && p.name === "xdp");
  const excluded = points.filter((p) => "exclude" in p && p.exclude);
  const included = points.filter((p) => !("exclude" in p && p.exclude));
  // What runs on behalf of a packet does not say which packets.
  const all =
    included.every((p) => p.kind === "CallsPoint") ||
    included.some((p) => p.kind === "NamedPoint" && p.name === "all");
  if (all) for (const name of universe.functions.keys()) functions.add(name);

  const find: Finders = { universe, facts, source, report };
  for (const point of included) {
    if (point.kind === "NamedPoint") {
      if (point.name === "drop") drop = true;
      if (point.name === "path") {
        needFunctions.push(point);
        for (const name of WAYPOINTS) if (universe.functions.has(name)) functions.add(name);
      }
      continue;
    }
    if (point.kind === "TracepointPoint") {
      for (const name of tracepointsOf(point, find)) {
        if (name === "kfree_skb") drop = true;
        else tracepoints.add(name);
      }
      continue;
    }
    needFunctions.push(point);
    if (point.kind === "CallsPoint") {
      for (const name of calleesOf(point, find)) calls.add(name);
      continue;
    }
    for (const name of point.kind === "GlobPoint" ? functionsOf(point, find) : moduleOf(point, find)) {
      functions.add(name);
    }
  }

  for (const point of excluded) {
    if (point.kind === "TracepointPoint") {
      for (const name of tracepointsOf(point, find)) tracepoints.delete(name);
    } else if (point.kind === "GlobPoint") {
      const matches = globMatcher(point.glob);
      for (const set of [functions, calls]) for (const name of [...set]) if (matches(name)) set.delete(name);
    } else if (point.kind === "ModulePoint") {
      const matches = globMatcher(point.glob);
      const isOf = (of: { readonly module?: string } | undefined): boolean =>
        of?.module !== undefined && matches(of.module);
      for (const name of [...functions]) if (isOf(universe.functions.get(name))) functions.delete(name);
      for (const name of [...calls]) if (isOf(universe.callees.get(name))) calls.delete(name);
    }
  }
  return { functions, calls, tracepoints, drop, tc, xdp, needFunctions, all };
}

/** What it takes to find what a point means; what cannot be had is reported. */
export interface Finders {
  readonly universe: Universe;
  readonly facts: KernelFacts;
  readonly source: Source;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** The traceable functions a glob selects; reported, with the reason, if there are none. */
export function functionsOf(
  { glob, span }: Pick<GlobPoint, "glob" | "span">,
  { universe, facts, source, report }: Finders,
): readonly string[] {
  const matches = globMatcher(glob);
  const found = [...universe.functions.keys()].filter(matches);
  if (found.length > 0) return found;

  const at = { source, span };
  const why = [...universe.untraceable].some(matches)
    ? "inlined, or marked notrace"
    : universe.unreachable.get(SHARED_NAME)?.some(matches)
      ? SHARED_NAME
      : undefined;
  if (why !== undefined) {
    report({
      code: "PWQ1252",
      severity: "error",
      message: `\`${glob}\` cannot be traced`,
      at,
      label: why,
      help: [
        "trace a function that calls it or is called by it; `pwq probes` lists those that can be traced",
      ],
    });
  } else if (!/[*?[]/.test(glob) && facts.btf.find("func", glob)) {
    report({
      code: "PWQ1251",
      severity: "error",
      message: `function \`${glob}\` does not take an skb`,
      at,
      label: "no packet to look at here",
      help: [`\`calls ${glob}\` looks at it where it works for a followed packet`],
    });
  } else {
    const near = suggest(glob, [...universe.functions.keys()]);
    report({
      code: "PWQ1250",
      severity: "error",
      message: `no function \`${glob}\` in this kernel`,
      at,
      ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
      help: ["`pwq probes 'GLOB'` lists functions; those of a module appear when it is loaded"],
    });
  }
  return [];
}

function moduleOf({ glob, span }: ModulePoint, { universe, source, report }: Finders): readonly string[] {
  const matches = globMatcher(glob);
  const found = [...universe.functions.values()].filter(
    (fn) => fn.module !== undefined && matches(fn.module),
  );
  if (found.length === 0) {
    const loaded = universe.modules.some(matches);
    const near = suggest(glob, universe.modules);
    report({
      code: "PWQ1253",
      severity: "error",
      message: loaded
        ? `module \`${glob}\` has no function with an skb that can be traced`
        : `no module \`${glob}\` is loaded`,
      at: { source, span },
      ...(loaded || near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
      ...(loaded ? {} : { help: [`load it first: modprobe ${glob}`] }),
    });
  }
  return found.map((fn) => fn.name);
}

function tracepointsOf(
  point: TracepointPoint,
  { universe, facts, source, report }: Finders,
): readonly string[] {
  const matches = globMatcher(point.glob);
  const group = globMatcher(point.group);
  const named = [...universe.tracepoints.keys()].filter(
    (name) => matches(name) && group(groupOf(name, facts.tracepointGroup)),
  );
  const usable = named.filter((name) => !(name in UNUSABLE_TRACEPOINT));
  if (usable.length > 0) return usable;
  const at = { source, span: point.span };
  const [first] = named;
  if (first !== undefined) {
    report({
      code: "PWQ1255",
      severity: "error",
      message: `tracepoint \`${point.group}:${first}\` cannot be used`,
      at,
      label: UNUSABLE_TRACEPOINT[first]!,
    });
    return [];
  }
  const written = `${point.group}:${point.glob}`;
  const known = [...universe.tracepoints.keys()].map(
    (name) => `${groupOf(name, facts.tracepointGroup)}:${name}`,
  );
  const near = suggest(written, known);
  report({
    code: "PWQ1254",
    severity: "error",
    message: `no tracepoint \`${written}\` with an skb in this kernel`,
    at,
    ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
  });
  return [];
}

/** Everything that one query looks at. */
export function joined(
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
