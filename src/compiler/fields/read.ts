import type { Given, Layer, Read, ViewFlag } from "./field.ts";

/** Short forms for the rows of the table; they add nothing to what `Read` says. */

type PathRead = Extract<Read, { from: "path" }>;
type HeaderRead = Extract<Read, { from: "header" }>;

export const path = (text: string, rest: Partial<Omit<PathRead, "from" | "path">> = {}): Read => ({
  from: "path",
  path: text,
  ...rest,
});

export const header = (
  layer: Layer,
  offset: number,
  size: HeaderRead["size"],
  rest: Partial<Pick<HeaderRead, "shift" | "mask" | "add" | "when">> = {},
): Read => ({ from: "header", layer, offset, size, ...rest });

export const first = (...of: readonly Read[]): Read => ({ from: "first", of });
export const expr = (text: string): Read => ({ from: "expr", text });
export const either = (a: string, b: string): Read => ({ from: "either", fields: [a, b] });
export const given = (...flags: readonly ViewFlag[]): readonly Given[] => flags.map((view) => ({ view }));
