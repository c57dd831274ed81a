/** What a value looks like, as far as it is shown. */
export type Shape =
  | { readonly kind: "nothing" }
  | { readonly kind: "text"; readonly text: string }
  /** Rows of objects; `total` counts those that are not among `rows`, too. Numbers are numbers, null is absent. */
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number | null)[])[];
      readonly total: number;
    }
  /** Lines with how deep each is; `cut`: there would be more. */
  | {
      readonly kind: "tree";
      readonly lines: readonly (readonly [depth: number, text: string])[];
      readonly cut: boolean;
    }
  | { readonly kind: "bytes"; readonly bytes: readonly number[]; readonly total: number };

export interface ShapeBounds {
  readonly rows: number;
  readonly columns: number;
  /** Characters of a cell. */
  readonly cell: number;
  /** Characters of a text. */
  readonly text: number;
  readonly lines: number;
  readonly depth: number;
  /** Objects of a list within a tree; longer ones are only counted. */
  readonly list: number;
  readonly bytes: number;
}

/**
 * Looks at values by their type: a list of objects is a table, other objects are trees, buffers are bytes. Becomes text in
 * the sandbox, so it imports nothing. Getters and proxies run, in the time of the line that made them.
 */
export function inspector(bounds: ShapeBounds): (value: unknown) => Shape {
  // User code may replace what these names mean.
  const { keys, getPrototypeOf } = Object;
  const { isArray } = Array;
  const { isFinite: finite } = Number;
  const { isView } = ArrayBuffer;
  const { stringify } = JSON;
  const asText = String;
  const Bytes = Uint8Array;
  const Raw = ArrayBuffer;
  const [MapType, SetType, DateType, RegExpType, ErrorType] = [Map, Set, Date, RegExp, Error];

  const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
  const cut = (text: string, most: number): string =>
    text.length > most ? `${text.substring(0, most)}…` : text;
  const nameOf = (value: object): string => {
    const made = getPrototypeOf(value)?.constructor?.name;
    return typeof made === "string" && made !== "Object" && made !== "Kept" ? made : "";
  };
  /** Written on one line, without what is in it; undefined: it is an object with parts. */
  const simple = (value: unknown): string | undefined => {
    if (typeof value === "string") return stringify(cut(value, bounds.text));
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
    if (!isObject(value)) return value === 0 && 1 / value < 0 ? "-0" : asText(value);
    if (value instanceof DateType) return value.getTime() >= 0 ? value.toISOString() : asText(value);
    if (value instanceof RegExpType) return asText(value);
    if (value instanceof ErrorType) return cut(`${value.name}: ${value.message}`, bounds.text);
    return undefined;
  };
  const bytesOf = (value: object): Uint8Array | undefined => {
    if (value instanceof Raw) return new Bytes(value);
    return isView(value) ? new Bytes(value.buffer, value.byteOffset, value.byteLength) : undefined;
  };
  const partsOf = (value: object): [label: string, part: unknown][] => {
    const parts: [string, unknown][] = [];
    if (value instanceof MapType) for (const [key, part] of value) parts.push([`${brief(key)} =>`, part]);
    else if (value instanceof SetType) for (const part of value) parts.push(["-", part]);
    else
      for (const key of keys(value)) {
        const part = (value as Record<string, unknown>)[key];
        if (part !== undefined || isArray(value)) parts.push([`${key}:`, part]);
      }
    return parts;
  };
  const sizeOf = (value: object): string => {
    if (isArray(value)) return `[${value.length}]`;
    if (value instanceof MapType || value instanceof SetType) return `${nameOf(value)}(${value.size})`;
    return bytesOf(value) ? `${nameOf(value)}(${bytesOf(value)!.length})` : nameOf(value);
  };
  const brief = (value: unknown): string => simple(value) ?? (sizeOf(value as object) || "{…}");

  // Tables

  /** Groups within a row become columns with points in their names: `ip.src`. */
  const flat = (row: object, path: string, cells: Map<string, unknown>): void => {
    for (const key of keys(row)) {
      const value = (row as Record<string, unknown>)[key];
      const group = isObject(value) && path === "" && simple(value) === undefined && sizeOf(value) === "";
      if (group) flat(value, `${key}.`, cells);
      else cells.set(path + key, value);
    }
  };
  const cell = (value: unknown): string | number | null => {
    if (value === undefined || value === null) return null;
    if (typeof value === "number") return finite(value) ? value : asText(value);
    if (typeof value === "string") return cut(value, bounds.cell);
    if (!isArray(value) || value.some(isObject)) return cut(brief(value), bounds.cell);
    return cut(value.join(" "), bounds.cell);
  };
  const isRow = (value: unknown): value is object =>
    isObject(value) && !isArray(value) && simple(value) === undefined && sizeOf(value) === nameOf(value);
  const table = (list: readonly object[]): Shape => {
    const flatRows = list.slice(0, bounds.rows).map((row) => {
      const cells = new MapType<string, unknown>();
      flat(row, "", cells);
      return cells;
    });
    const names = new SetType<string>();
    for (const cells of flatRows)
      for (const [name, value] of cells)
        if (value !== undefined && names.size < bounds.columns) names.add(name);
    const columns = [...names];
    const rows = flatRows.map((cells) => columns.map((name) => cell(cells.get(name))));
    return { kind: "table", columns, rows, total: list.length };
  };

  // Trees

  const tree = (top: object): Shape => {
    const lines: [number, string][] = [];
    let left = false;
    const seen = new SetType<object>();
    const add = (depth: number, label: string, value: unknown): void => {
      if (lines.length >= bounds.lines) {
        left = true;
        return;
      }
      const line = simple(value);
      const lead = label === "" ? "" : `${label} `;
      if (line !== undefined) return void lines.push([depth, lead + line]);
      const object = value as object;
      const parts = seen.has(object) ? [] : partsOf(object);
      if (seen.has(object)) return void lines.push([depth, `${lead}(again)`]);
      if (parts.length === 0)
        return void lines.push([depth, lead + (isArray(object) ? "[]" : sizeOf(object) || "{}")]);
      const isList = isArray(object) && label !== "" && object.length > bounds.list && object.some(isObject);
      if (depth >= bounds.depth || isList) return void lines.push([depth, lead + (sizeOf(object) || "{…}")]);
      seen.add(object);
      const own = (lead + (isArray(object) ? "" : sizeOf(object))).trimEnd();
      if (own !== "") lines.push([depth, own]);
      for (const [name, part] of parts) add(own === "" ? depth : depth + 1, name, part);
      seen.delete(object);
    };
    add(0, "", top);
    return { kind: "tree", lines, cut: left };
  };

  return (value) => {
    if (value === undefined) return { kind: "nothing" };
    const line = simple(value);
    if (line !== undefined) return { kind: "text", text: line };
    const object = value as object;
    const bytes = bytesOf(object);
    if (bytes) return { kind: "bytes", bytes: [...bytes.subarray(0, bounds.bytes)], total: bytes.length };
    if (isArray(object) && object.length > 0) {
      if (object.slice(0, bounds.rows).every(isRow)) return table(object);
      const words = object.slice(0, bounds.lines).map(simple);
      const text = `[${words.join(", ")}]`;
      if (words.length === object.length && !words.includes(undefined) && text.length <= bounds.cell)
        return { kind: "text", text };
    }
    return tree(object);
  };
}
