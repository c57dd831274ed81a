import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Expectation, ExpectationKind } from "../../grammar/index.ts";
import { members, PATH_ROOTS, parsePath } from "../compiler/btf/path.ts";
import { PARAM_TYPES } from "../compiler/check/param-types.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import { FIELDS, PRESENCE } from "../compiler/fields/table.ts";
import { groupOf } from "../compiler/plan/tracepoints.ts";
import { Universe } from "../compiler/plan/universe.ts";
import type { EnumNames } from "../compiler/types.ts";
import { openLibrary } from "../library/library.ts";
import { reasonType } from "../runtime/decode/reason.ts";

/** What completion knows besides the language. */
export interface World {
  /** Names of `def`. */
  readonly definitions: readonly string[];
  /** Names of `param`, without `$`. */
  readonly parameters: readonly string[];
  /** Undefined where no kernel can be asked. */
  readonly facts: () => KernelFacts | undefined;
}

type Source = (expectation: Expectation, prefix: string, world: World) => Iterable<string>;

/** Names of each kind of thing that the grammar may expect. Kinds that are not listed have no names. */
const SOURCES: Readonly<Partial<Record<ExpectationKind, Source>>> = {
  statement: spelling,
  keyword: spelling,
  operator: spelling,
  word: spelling,
  field: (_, __, { definitions }) => [
    ...FIELDS.keys(),
    ...PRESENCE.keys(),
    ...definitions,
    ...Object.keys(PATH_ROOTS).map((root) => `${root}->`),
  ],
  enumerator: ({ of = "" }, _, world) => valuesOf(of, world),
  text: ({ of = "" }, _, world) => (NAMED[of]?.(world.facts()) ?? []).map((name) => `${name}"`),
  param: (_, __, { parameters }) => parameters.map((name) => `$${name}`),
  "param-type": () => PARAM_TYPES.keys(),
  member: ({ of = "" }, prefix, { facts }) => membersOf(of, prefix, facts()),
  "function-glob": functions,
  function: functions,
  "module-glob": modules,
  module: modules,
  "tracepoint-group": (_, __, { facts }) => new Set(tracepoints(facts()).map(([group]) => group)),
  "tracepoint-event": ({ of }, _, { facts }) =>
    tracepoints(facts()).flatMap(([group, name]) => (group === of ? [name] : [])),
  "kernel-type": (_, __, { facts }) => structs(facts()),
  path: (_, prefix) => programs(prefix),
};

export const candidatesOf: Source = (expectation, prefix, world) =>
  SOURCES[expectation.kind]?.(expectation, prefix, world) ?? [];

/** Words; signs are quicker typed than chosen. */
function spelling({ text }: Expectation): Iterable<string> {
  return text !== undefined && /^[\w@]/.test(text) ? [text] : [];
}

/** Fields of text whose values are known beforehand. */
const NAMED: Readonly<Record<string, (facts: KernelFacts | undefined) => readonly string[]>> = {
  iface: (facts) => facts?.interfaceNames() ?? [],
  netns: (facts) => facts?.netnsNames() ?? [],
  module: (facts) => facts?.modules().map(({ name }) => name) ?? [],
};

function valuesOf(field: string, { facts }: World): readonly string[] {
  const named = NAMED[field]?.(facts());
  if (named) return named.map((name) => `"${name}"`);
  const known = facts();
  const type = field === "drop.reason" && known ? reasonType(known.btf) : FIELDS.get(field)?.type;
  const names: EnumNames | undefined = type?.kind === "int" ? type.names : undefined;
  return names ? [...names.values.keys()] : [];
}

/** Members at the end of a raw path; one that is typed whole is also offered with the sign that leads on. */
function membersOf(path: string, prefix: string, facts: KernelFacts | undefined): readonly string[] {
  if (!facts) return [];
  const names = follow(path, facts)?.members.map(({ name }) => name) ?? [];
  if (!names.includes(prefix)) return names;
  const arrow = follow(path, facts)!.operator;
  const onward = follow(`${path}${arrow}${prefix}`, facts);
  return onward ? [...names, `${prefix}${onward.operator}`] : names;
}

function follow(path: string, facts: KernelFacts): ReturnType<typeof members> {
  try {
    const { root, steps } = parsePath(path);
    const type = Object.hasOwn(PATH_ROOTS, root) ? PATH_ROOTS[root] : undefined;
    return type === undefined ? undefined : members([facts.btf, ...facts.modules()], type, steps);
  } catch {
    return undefined; // not a path that can be followed: there is nothing to offer
  }
}

/** The list of all functions with an skb takes tens of milliseconds to make. */
const universes = new WeakMap<KernelFacts, Universe>();
function universe(facts: KernelFacts): Universe {
  let known = universes.get(facts);
  if (!known) {
    known = new Universe(facts);
    universes.set(facts, known);
  }
  return known;
}

function functions(_: Expectation, __: string, { facts }: World): Iterable<string> {
  const known = facts();
  return known ? universe(known).functions.keys() : [];
}

function modules(_: Expectation, __: string, { facts }: World): Iterable<string> {
  return (
    facts()
      ?.modules()
      .map(({ name }) => name) ?? []
  );
}

function tracepoints(facts: KernelFacts | undefined): readonly (readonly [group: string, name: string])[] {
  if (!facts) return [];
  return [...universe(facts).tracepoints.keys()].map((name) => [groupOf(name, facts.tracepointGroup), name]);
}

function* structs(facts: KernelFacts | undefined): Iterable<string> {
  if (!facts) return;
  for (let id = facts.btf.firstId; id < facts.btf.endId; id++) {
    const type = facts.btf.type(id);
    if (type.kind === "struct" && type.name !== "") yield type.name;
  }
}

/** What may be loaded: a file, or a program of the library. */
export const programs = (prefix: string): readonly string[] => [...files(prefix), ...openLibrary().names()];

/** Files and folders that a path may go on with, written as the path was begun. */
export function files(prefix: string): readonly string[] {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  try {
    return readdirSync(folder === "" ? "." : dirname(join(folder, "x")), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .map((entry) => `${folder === "" ? "./" : folder}${entry.name}${entry.isDirectory() ? "/" : ""}`);
  } catch {
    return []; // no such folder
  }
}
