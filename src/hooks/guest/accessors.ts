import { type Cell, ROW, type RowLayout, WIDE_INTERNED } from "../run/layout.ts";
import { stepsTo } from "../source/members.ts";

/** The expression that reads a cell of the current row. */
function readText({ kind, at, bit }: Cell): string {
  if (kind === "interned") return `S[U32[row + ${at}]]`;
  const word = ROW.presence + (bit >> 5);
  const present = `U32[row + ${word}] & ${1 << (bit & 31)}`;
  const value = {
    small: `U32[row + ${at}]`,
    signed: `U32[row + ${at}] | 0`,
    flag: `U32[row + ${at}] !== 0`,
    wide: `wide(row + ${at})`,
  }[kind];
  return `(${present} ? ${value} : undefined)`;
}

const key = (name: string): string => JSON.stringify(name);

/** An event or a group of its fields: `ip` of `ip.src`, `inner` and `inner.ip` of `inner.ip.src`. */
interface Node {
  readonly path: string;
  readonly cells: Map<string, Cell>;
  readonly groups: Map<string, Node>;
}

/** Names that an event has anyway; a shown item of such a name is not reached by it. */
const TAKEN: ReadonlySet<string> = new Set([
  "query",
  "last",
  "has",
  "copy",
  "toJSON",
  "constructor",
  "__proto__",
]);

const LAYER = /^has\(([\w.]+)\)$/;

/** Cells by where they are of an event. */
function tree(cells: readonly Cell[]): Node {
  const root = newNode("");
  // Every event can say whether it is a drop.
  root.groups.set("drop", newNode("drop"));
  for (const cell of cells) {
    if (LAYER.test(cell.name)) continue;
    const parts = stepsTo(cell.name);
    let node = root;
    for (const part of parts.slice(0, -1)) {
      const path = node.path === "" ? part : `${node.path}.${part}`;
      const next = node.groups.get(part) ?? newNode(path);
      node.groups.set(part, next);
      node = next;
    }
    node.cells.set(parts.at(-1)!, cell);
  }
  for (const name of [...TAKEN, ...root.groups.keys()]) root.cells.delete(name);
  return root;
}

const newNode = (path: string): Node => ({ path, cells: new Map(), groups: new Map() });

/** All groups, inner ones first. */
const groupsOf = (node: Node): readonly Node[] =>
  [...node.groups.values()].flatMap((group) => [...groupsOf(group), group]);

/** Written before a value that only drops have. */
const IF_DROP = `U32[row] & ${ROW.drop} ? `;

/** The expression of an object with all values of a group. */
function copyText({ cells, groups }: Node): string {
  const own = [...cells].map(([name, cell]) => `${key(name)}: ${readText(cell)}`);
  return `{ ${[...own, ...[...groups].map(([name, group]) => `${key(name)}: ${copyText(group)}`)].join(", ")} }`;
}

/** How the objects that hooks see are made. */
interface Make {
  readonly suffix: string;
  /** Fields of each object, and a statement before each value is read. */
  readonly field: string;
  readonly guard: string;
  /** One object for all events, instead of a new one each time it is asked for. */
  readonly shared: boolean;
}

const CURRENT: Make = { suffix: "Current", field: "", guard: "", shared: true };
const FRESH: Make = {
  suffix: "Fresh",
  field: "#turn = turn; #row = row;",
  guard: "if (this.#turn !== turn || this.#row !== row) over(); ",
  shared: false,
};

const className = (path: string): string => `Group_${path.replace(/\W/g, "_")}`;

function getters({ cells, groups }: Node, { suffix, guard, shared }: Make): string {
  const value = ({ path }: Node): string =>
    shared ? `the${className(path)}` : `new ${className(path)}${suffix}()`;
  return [
    ...[...cells].map(([name, cell]) => `get ${key(name)}() { ${guard}return ${readText(cell)}; }`),
    ...[...groups].map(([name, group]) => {
      const found = group.path === "drop" ? `${IF_DROP}${value(group)} : undefined` : value(group);
      return `get ${key(name)}() { ${guard}return ${found}; }`;
    }),
  ].join("\n  ");
}

function classes(root: Node, make: Make): string {
  const { suffix, field, guard, shared } = make;
  const strict = (name: string): string => `Object.setPrototypeOf(${name}.prototype, STRICT);`;
  const groups = groupsOf(root).map((group) => {
    const name = className(group.path);
    const one = shared ? `const the${name} = new ${name}${suffix}();` : "";
    return `class ${name}${suffix} { ${field}\n  ${getters(group, make)}\n}\n${strict(name + suffix)}\n${one}`;
  });
  return `${groups.join("\n")}
class Event${suffix} { ${field}
  ${getters(root, make)}
  get query() { ${guard}return (U32[row] >> ${ROW.query}) & 255; }
  get last() { ${guard}return (U32[row] & ${ROW.last}) !== 0; }
  has(layer) { ${guard}return hasLayer(layer, layersOf()); }
  copy() { ${guard}return copyOf(); }
  toJSON() { ${guard}return copyOf().toJSON(); }
}
${strict(`Event${suffix}`)}`;
}

/**
 * JavaScript of the classes by which hooks see the current row: `CURRENT`, one object for all events, and `Fresh`, a new
 * one for each that throws when its event is over. What is not captured throws, too, instead of being undefined.
 */
export function accessors({ cells }: RowLayout): string {
  const root = tree(cells);
  const layers = cells.flatMap((cell) => {
    const layer = LAYER.exec(cell.name)?.[1];
    return layer === undefined ? [] : [{ layer, cell }];
  });
  return `
const STRICT = new Proxy(Object.create(null), {
  get(_, name) {
    if (typeof name === "symbol" || name === "toJSON" || name === "then") return undefined;
    throw new TypeError("\`" + name + "\` is not captured: name it as \`e." + name + "\` in a hook, or in \`show\`");
  },
});
const GROUPS = ${JSON.stringify(groupsOf(root).map(({ path }) => path))};
const LAYERS = ${JSON.stringify(layers.map(({ layer }) => layer))};
const BITS = Symbol("layers");
function wide(at) {
  const high = U32[at + 1] | 0;
  return high === ${WIDE_INTERNED} ? S[U32[at]] : high * 4294967296 + U32[at];
}
function over() {
  throw new TypeError("this event is over: keep \`e.copy()\` instead");
}
function layersOf() {
  return ${layers.map(({ cell }, i) => `(${readText(cell)} ? ${2 ** i} : 0)`).join(" | ") || "0"};
}
function hasLayer(layer, bits) {
  const bit = LAYERS.indexOf(layer);
  if (bit === -1) throw new TypeError("\`has\` takes the name of a protocol, written out");
  return (bits & (1 << bit)) !== 0;
}
function flatten(values, path, flat) {
  for (const name of Object.keys(values)) {
    const full = path + name;
    const value = values[name];
    if (!GROUPS.includes(full)) flat[full] = value ?? null;
    else if (value) flatten(value, full + ".", flat);
  }
  return flat;
}
class Kept {
  [BITS] = layersOf();
  has(layer) { return hasLayer(layer, this[BITS]); }
  copy() { return this; }
  toJSON() { return flatten(this, "", {}); }
}
Object.setPrototypeOf(Kept.prototype, STRICT);
function copyOf() {
  const kept = new Kept();
${[...root.cells].map(([name, cell]) => `  kept[${key(name)}] = ${readText(cell)};`).join("\n")}
${[...root.groups]
  .map(([name, group]) => {
    const value = copyText(group);
    return `  kept[${key(name)}] = ${name === "drop" ? `${IF_DROP}${value} : undefined` : value};`;
  })
  .join("\n")}
  kept.query = (U32[row] >> ${ROW.query}) & 255;
  kept.last = (U32[row] & ${ROW.last}) !== 0;
  return kept;
}
${classes(root, CURRENT)}
const CURRENT = new EventCurrent();
${classes(root, FRESH)}
const Fresh = EventFresh;
`;
}
