import { ROLE } from "../layout.ts";
import type { CheckedQuery, FollowKind } from "../typed.ts";
import {
  CLONE_HOOKS,
  COPYING,
  CROSSINGS,
  DYING_FUNCTIONS,
  FRAGMENT_HOOKS,
  FREE_FUNCTIONS,
  FREE_TRACEPOINTS,
} from "./lifecycle.ts";
import type { Universe } from "./universe.ts";

/** What a function or tracepoint is attached for, besides being looked at: its part in the life of an skb. */
export interface Part {
  readonly role: number;
  /** Queries that do not follow what the role is about. */
  readonly apart?: number;
  /** The argument a crossing depends on. */
  readonly when?: number;
}

export interface Following {
  readonly functions: ReadonlyMap<string, Part>;
  readonly tracepoints: ReadonlyMap<string, Part>;
  readonly notices: readonly string[];
}

type Follows = Pick<CheckedQuery, "follow">;
const COPIES = Object.keys(COPYING) as (keyof typeof COPYING)[];

/**
 * The points that following needs: where an skb ends, so that its address is not taken for it afterwards; where it is
 * copied; and where queries that do not follow everything stop. `query` is undefined where nothing is to be followed.
 */
export function planFollowing(
  world: Universe,
  probing: boolean,
  queries: readonly (Follows | undefined)[],
): Following {
  const functions = new Map<string, Part>();
  const tracepoints = new Map<string, Part>();
  const notices: string[] = [];
  if (!queries.some((query) => query)) return { functions, tracepoints, notices };
  for (const name of FREE_TRACEPOINTS) {
    if (world.tracepoint(name)) tracepoints.set(name, { role: probing ? ROLE.dying : ROLE.free });
  }
  if (probing) {
    const add = (name: string, part: Part): boolean => {
      if (world.functions.has(name)) functions.set(name, part);
      return world.functions.has(name);
    };
    for (const name of DYING_FUNCTIONS) add(name, { role: ROLE.dying });
    for (const name of FREE_FUNCTIONS) add(name, { role: ROLE.free });
    if (!addCopies(world, queries, add)) notices.push(NO_COPIES);
    notices.push(...addCrossings(queries, add));
  } else {
    if (queries.some((query) => COPIES.some((kind) => query?.follow.has(kind)))) notices.push(NO_COPIES);
    const kept = CROSSED.filter((kind) => apart(queries, kind) !== 0);
    if (kept.length > 0)
      notices.push(`journeys do not end at ${kept.join(", ")}: that needs function probes`);
  }
  return { functions, tracepoints, notices };
}

const NO_COPIES = "clones and copies of a packet are not followed: that needs function probes";
const CROSSED = Object.keys(CROSSINGS) as (keyof typeof CROSSINGS)[];

/** Queries (bits) that follow packets, but not through this. */
const apart = (queries: readonly (Follows | undefined)[], kind: FollowKind): number =>
  queries.reduce((bits, query, i) => (query && !query.follow.has(kind) ? bits | (1 << i) : bits), 0);

type Add = (name: string, part: Part) => boolean;

/** Whether the kernel has a complete set of hooks; they are there in any case, since a copy may take a stale address. */
function addCopies(world: Universe, queries: readonly (Follows | undefined)[], add: Add): boolean {
  const hooks = CLONE_HOOKS.find((set) => set.every((name) => world.functions.has(name)));
  if (!hooks) return false;
  for (const name of [...hooks, ...FRAGMENT_HOOKS]) add(name, { role: ROLE.clone });
  const kinds = COPIES.map((kind) => [kind, apart(queries, kind)] as const);
  // Every kind is told apart as soon as one of them is, because what one leaves behind must not be taken for the next.
  if (kinds.some(([, bits]) => bits !== 0)) {
    for (const [kind, bits] of kinds) {
      for (const name of COPYING[kind])
        if (!hooks.includes(name)) add(name, { role: ROLE.copying, apart: bits });
    }
  }
  return true;
}

function addCrossings(queries: readonly (Follows | undefined)[], add: Add): string[] {
  const notices: string[] = [];
  for (const kind of CROSSED) {
    const bits = apart(queries, kind);
    if (bits === 0) continue;
    const added = CROSSINGS[kind].map(({ function: name, ...when }) =>
      add(name, { role: ROLE.crossing, apart: bits, ...when }),
    );
    if (!added.includes(true)) {
      const names = CROSSINGS[kind].map(({ function: name }) => name).join(", ");
      notices.push(`journeys do not end at ${kind}: this kernel has no ${names} now`);
    }
  }
  return notices;
}
