import { type Cell, OUTCOMES, ROW, type RowLayout, WIDE_INTERNED } from "../run/layout.ts";

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

interface Shape {
  readonly plain: readonly Cell[];
  readonly groups: ReadonlyMap<string, readonly (readonly [member: string, cell: Cell])[]>;
  readonly layers: readonly (readonly [layer: string, cell: Cell])[];
}

/** A shown item of such a name is not reached by it. */
const TAKEN: ReadonlySet<string> = new Set([
  "query",
  "last",
  "has",
  "copy",
  "toJSON",
  "constructor",
  "__proto__",
]);

/** Cells by where they are of an event. `isField` tells `ip.src` from a shown item that somebody named with a point. */
function shapeOf(cells: readonly Cell[], isField: (name: string) => boolean): Shape {
  const plain: Cell[] = [];
  const groups = new Map<string, [string, Cell][]>();
  const layers: [string, Cell][] = [];
  for (const cell of cells) {
    const { name } = cell;
    const layer = /^has\((\w+)\)$/.exec(name)?.[1];
    const point = name.lastIndexOf(".");
    if (layer !== undefined && !isField(name)) layers.push([layer, cell]);
    else if (point === -1 || !isField(name)) {
      if (!TAKEN.has(name)) plain.push(cell);
    } else {
      const group = name.slice(0, point);
      groups.set(group, [...(groups.get(group) ?? []), [name.slice(point + 1), cell]]);
    }
  }
  return { plain: plain.filter(({ name }) => !groups.has(name) && name !== "drop"), groups, layers };
}

/**
 * JavaScript of the classes by which hooks see the current row: `CURRENT`, one object for all events, and `Fresh`, a new
 * one for each that throws when its event is over. What is not captured throws, too, instead of being undefined.
 */
export function accessors({ cells }: RowLayout, isField: (name: string) => boolean): string {
  const shape = shapeOf(cells, isField);
  const { plain, groups, layers } = shape;
  const groupNames = [...groups.keys(), ...(groups.has("drop") ? [] : ["drop"])];
  const group = (name: string): string =>
    (groups.get(name) ?? []).map(([member, cell]) => `${key(member)}: ${readText(cell)}`).join(", ");
  const classes = (suffix: string, guard: string, field: string, share: boolean): string =>
    [
      ...groupNames.map(
        (name) =>
          `class ${className(name)}${suffix} { ${field}
${(groups.get(name) ?? []).map(([member, cell]) => `  get ${key(member)}() { ${guard}return ${readText(cell)}; }`).join("\n")}
}
Object.setPrototypeOf(${className(name)}${suffix}.prototype, STRICT);
${share ? `const the${className(name)} = new ${className(name)}${suffix}();` : ""}`,
      ),
      `class Event${suffix} { ${field}
${plain.map((cell) => `  get ${key(cell.name)}() { ${guard}return ${readText(cell)}; }`).join("\n")}
${groupNames
  .map((name) => {
    const value = share ? `the${className(name)}` : `new ${className(name)}${suffix}()`;
    const found = name === "drop" ? `U32[row] & ${ROW.drop} ? ${value} : undefined` : value;
    return `  get ${key(name)}() { ${guard}return ${found}; }`;
  })
  .join("\n")}
  get query() { ${guard}return (U32[row] >> ${ROW.query}) & 255; }
  get last() { ${guard}return (U32[row] & ${ROW.last}) !== 0; }
  has(layer) { ${guard}return hasLayer(layer, layersOf()); }
  copy() { ${guard}return copyOf(); }
  toJSON() { ${guard}return copyOf().toJSON(); }
}
Object.setPrototypeOf(Event${suffix}.prototype, STRICT);`,
    ].join("\n");
  return `
const STRICT = new Proxy(Object.create(null), {
  get(_, name) {
    if (typeof name === "symbol" || name === "toJSON" || name === "then") return undefined;
    throw new TypeError("\`" + name + "\` is not captured: name it as \`e." + name + "\` in a hook, or in \`show\`");
  },
});
const OUTCOMES = ${JSON.stringify(OUTCOMES)};
const GROUPS = ${JSON.stringify(groupNames)};
const LAYERS = ${JSON.stringify(layers.map(([layer]) => layer))};
function wide(at) {
  const high = U32[at + 1] | 0;
  return high === ${WIDE_INTERNED} ? S[U32[at]] : high * 4294967296 + U32[at];
}
function over() {
  throw new TypeError("this event is over: keep \`e.copy()\` instead");
}
function layersOf() {
  return ${layers.map(([, cell], i) => `(${readText(cell)} ? ${2 ** i} : 0)`).join(" | ") || "0"};
}
function hasLayer(layer, bits) {
  const bit = LAYERS.indexOf(layer);
  if (bit === -1) throw new TypeError("\`has\` takes the name of a protocol, written out");
  return (bits & (1 << bit)) !== 0;
}
const BITS = Symbol("layers");
class Kept {
  [BITS] = layersOf();
  has(layer) { return hasLayer(layer, this[BITS]); }
  copy() { return this; }
  toJSON() {
    const flat = {};
    for (const name of Object.keys(this)) {
      const value = this[name];
      if (!GROUPS.includes(name)) flat[name] = value ?? null;
      else if (value) for (const member of Object.keys(value)) flat[name + "." + member] = value[member] ?? null;
    }
    return flat;
  }
}
Object.setPrototypeOf(Kept.prototype, STRICT);
function copyOf() {
  const kept = new Kept();
${plain.map((cell) => `  kept[${key(cell.name)}] = ${readText(cell)};`).join("\n")}
${groupNames
  .map((name) =>
    name === "drop"
      ? `  kept.drop = U32[row] & ${ROW.drop} ? { ${group(name)} } : undefined;`
      : `  kept[${key(name)}] = { ${group(name)} };`,
  )
  .join("\n")}
  kept.query = (U32[row] >> ${ROW.query}) & 255;
  kept.last = (U32[row] & ${ROW.last}) !== 0;
  return kept;
}
${classes("Current", "", "", true)}
const CURRENT = new EventCurrent();
${classes("Fresh", "if (this.#turn !== turn || this.#row !== row) over(); ", "#turn = turn; #row = row;", false)}
const Fresh = EventFresh;
`;
}

const className = (group: string): string => `Group_${group.replace(/\W/g, "_")}`;
