/**
 * Follows a path (`skb->dev->ifindex`) through kernel types to the loads that read it.
 */
import type { Btf } from "./btf.ts";
import { cName } from "./c-name.ts";
import type { PathProblem } from "./path-problem.ts";
import { type PathStep, parsePath } from "./path-text.ts";
import { readPlace, sizeOf, type ValuePlace } from "./path-value.ts";
import type { Deref, ResolvedPath } from "./resolved-path.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { findMember, findStruct, layOpen, namedMembers } from "./struct.ts";

export { explainPathProblem, type PathProblem } from "./path-problem.ts";
export { type ParsedPath, type PathStep, parsePath } from "./path-text.ts";

export type PathResult = { readonly ok: ResolvedPath } | { readonly problem: PathProblem };

export interface PathOptions {
  /** A path may end in a whole struct or array, read as bytes: for `hex(path, n)`. */
  readonly whole?: boolean;
}

/** The type that a path's first word points to. */
export const PATH_ROOTS: Readonly<Record<string, string>> = {
  skb: "sk_buff",
  shinfo: "skb_shared_info",
  xdp: "xdp_buff",
};

/**
 * Resolves the steps from a pointer to `struct ROOT`. `btfs`: vmlinux first, then modules, whose types are looked
 * into where vmlinux has only the name of a struct, or not even that.
 */
export function resolvePath(
  btfs: Btf | readonly Btf[],
  root: string,
  steps: readonly PathStep[],
  options: PathOptions = {},
): PathResult {
  const walk = walkPath(asList(btfs), root, steps);
  if ("problem" in walk) return walk;
  const { derefs, place } = walk;
  const value = place.kind === "value" ? readPlace(place, options.whole ?? false) : undefined;
  if (value) return { ok: { derefs, ...value } };
  const struct = place.btf.resolve(place.type);
  const candidates = [...namedMembers(place.btf, struct)].map(({ member }) => member.name);
  return { problem: { kind: "not-printable", step: steps.length, type: typeOf(place), candidates } };
}

/** Resolves a path of the fields table (see path-text.ts). Throws SyntaxError if the text is not one. */
export function resolvePathText(btfs: Btf | readonly Btf[], text: string): PathResult {
  const { root, steps } = parsePath(text);
  const type = Object.hasOwn(PATH_ROOTS, root) ? PATH_ROOTS[root] : undefined;
  if (type === undefined) throw new SyntaxError(`path \`${text}\` does not start with a root`);
  return resolvePath(btfs, type, steps);
}

export interface PathContinuation {
  /** What joins the next member: after a pointer `->`, else `.`. */
  readonly operator: "->" | ".";
  readonly members: readonly { readonly name: string; readonly type: string }[];
}

/** A structure as a whole: where a path leads to one, or to a pointer to one. */
export interface WholeStruct {
  readonly path: ResolvedPath;
  /** `struct net_device` */
  readonly name: string;
  readonly size: number;
  readonly shape: Shape;
}

/** The structure that `steps` from `root` lead to; undefined: they do not lead to one whose members are known. */
export function wholeStruct(
  btfs: Btf | readonly Btf[],
  root: string,
  steps: readonly PathStep[],
): WholeStruct | undefined {
  const all = asList(btfs);
  const walk = walkPath(all, root, steps);
  if ("problem" in walk) return undefined;
  const { place } = walk;
  const target = throughPointer(place);
  const { btf, type } = target ?? place;
  const struct = layOpen(all, btf, type);
  if (!struct || struct.type.size === 0) return undefined;
  const bytes = place.kind === "value" ? place.bits / 8 : 0;
  const name = cName(struct.btf, struct.type.id);
  const { size } = struct.type;
  return {
    path: {
      derefs: target ? [...walk.derefs, { offset: bytes }] : walk.derefs,
      offset: target ? 0 : bytes,
      value: { kind: "bytes", size, typeName: name },
    },
    name,
    size,
    shape: shapeOf(struct.btf, struct.type.id),
  };
}

/** The members that may follow the steps, with their C types; undefined if none can. For completion. */
export function members(
  btfs: Btf | readonly Btf[],
  root: string,
  steps: readonly PathStep[],
): PathContinuation | undefined {
  const all = asList(btfs);
  const walk = walkPath(all, root, steps);
  if ("problem" in walk) return undefined;
  const { btf, type } = throughPointer(walk.place) ?? walk.place;
  const struct = layOpen(all, btf, type);
  if (!struct) return undefined;
  return {
    operator: walk.place.kind === "value" && !throughPointer(walk.place) ? "." : "->",
    members: [...namedMembers(struct.btf, struct.type)].map(({ member }) => ({
      name: member.name,
      type: cName(struct.btf, member.type),
    })),
  };
}

const asList = (btfs: Btf | readonly Btf[]): readonly Btf[] => ("firstId" in btfs ? [btfs] : btfs);

/** What the last pointer points to, before a member of it is chosen. */
interface TargetPlace {
  readonly kind: "target";
  readonly btf: Btf;
  readonly type: number;
}
type Place = TargetPlace | ValuePlace;

interface Walk {
  readonly derefs: readonly Deref[];
  readonly place: Place;
}

type Walked = Walk | { readonly problem: PathProblem };

function walkPath(btfs: readonly Btf[], root: string, steps: readonly PathStep[]): Walked {
  const start = findStruct(btfs, root);
  if (!start) return { problem: { kind: "no-type", step: 0, type: `struct ${root}` } };
  let walk: Walk = { derefs: [], place: { kind: "target", btf: start.btf, type: start.type.id } };
  for (const [index, step] of steps.entries()) {
    const next = take(btfs, walk, step, index);
    if ("problem" in next) return next;
    walk = next;
  }
  return walk;
}

type StepOf<K extends PathStep["kind"]> = Extract<PathStep, { kind: K }>;

function take(btfs: readonly Btf[], walk: Walk, step: PathStep, index: number): Walked {
  switch (step.kind) {
    case "Member":
      return takeMember(btfs, walk, step, index);
    case "Index":
      return takeElement(walk, step, index);
    case "Cast":
      return takeCast(btfs, walk, step, index);
  }
}

function takeMember(
  btfs: readonly Btf[],
  walk: Walk,
  { arrow, name }: StepOf<"Member">,
  index: number,
): Walked {
  const { place } = walk;
  const at = { step: index, type: typeOf(place) };
  const target = throughPointer(place);
  const { btf, type } = target ?? place;
  const struct = layOpen(btfs, btf, type);
  if (!struct) {
    const forward = btf.resolve(type).kind === "fwd";
    return {
      problem: {
        ...at,
        type: cName(btf, type),
        kind: forward ? "forward-declared" : "not-struct",
      },
    };
  }
  if (arrow !== (place.kind === "target" || target !== undefined)) {
    return { problem: { ...at, kind: arrow ? "needs-dot" : "needs-arrow", member: name } };
  }
  const found = findMember(struct.btf, struct.type, name);
  if (!found) {
    const candidates = [...namedMembers(struct.btf, struct.type)].map(({ member }) => member.name);
    return { problem: { ...at, type: cName(btf, type), kind: "no-member", member: name, candidates } };
  }
  const start = place.kind === "value" && !target ? place.bits : 0;
  return {
    derefs: target && place.kind === "value" ? [...walk.derefs, { offset: place.bits / 8 }] : walk.derefs,
    place: {
      kind: "value",
      btf: struct.btf,
      type: found.member.type,
      bits: start + found.bitOffset,
      bitSize: found.member.bitSize,
      limit: start / 8 + struct.type.size,
    },
  };
}

function takeElement(walk: Walk, { index: element }: StepOf<"Index">, index: number): Walked {
  const { place } = walk;
  const at = { step: index, type: typeOf(place) };
  if (place.kind === "target") return { problem: { ...at, kind: "not-array" } };
  const array = place.btf.resolve(place.type);
  const size = array.kind === "array" || array.kind === "ptr" ? sizeOf(place.btf, array.type) : 0;
  if (size === 0) return { problem: { ...at, kind: "not-array" } };
  // A flexible array (`[]`) says no length: as in C, the query has to know.
  if (array.kind === "array" && array.count > 0 && element >= array.count) {
    return { problem: { ...at, kind: "out-of-bounds", index: element, count: array.count } };
  }
  const start = array.kind === "array" ? place.bits : 0;
  const bits = start + element * size * 8;
  return {
    derefs: array.kind === "ptr" ? [...walk.derefs, { offset: place.bits / 8 }] : walk.derefs,
    place: { kind: "value", btf: place.btf, type: array.type, bits, bitSize: 0, limit: bits / 8 + size },
  };
}

function takeCast(
  btfs: readonly Btf[],
  walk: Walk,
  { type: tag, clear }: StepOf<"Cast">,
  index: number,
): Walked {
  const { place } = walk;
  const from = place.kind === "value" && place.bitSize === 0 ? place.btf.resolve(place.type) : undefined;
  if (place.kind !== "value" || !(from?.kind === "ptr" || (from?.kind === "int" && from.size === 8))) {
    return { problem: { kind: "not-address", step: index, type: typeOf(place) } };
  }
  const struct = findStruct(btfs, tag);
  if (!struct) return { problem: { kind: "no-type", step: index, type: `struct ${tag}` } };
  const mask = BigInt.asUintN(64, ~clear);
  return {
    derefs: [...walk.derefs, { offset: place.bits / 8, ...(clear === 0n ? {} : { mask }) }],
    place: { kind: "target", btf: struct.btf, type: struct.type.id },
  };
}

/** What a pointer at `place` points to; undefined if there is no pointer. */
function throughPointer(place: Place): { readonly btf: Btf; readonly type: number } | undefined {
  if (place.kind === "target") return undefined;
  const type = place.btf.resolve(place.type);
  return type.kind === "ptr" ? { btf: place.btf, type: type.type } : undefined;
}

const typeOf = (place: Place): string =>
  place.kind === "target" ? `${cName(place.btf, place.type)} *` : cName(place.btf, place.type);
