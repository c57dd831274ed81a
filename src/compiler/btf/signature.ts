/** What a function is given and what it returns, as a probe finds it in registers. */
import type { Btf, BtfType } from "./btf.ts";
import { describeValue, sizeOf } from "./path-value.ts";
import type { PathValue } from "./resolved-path.ts";

/** A number or a pointer, which is all that fits one register. */
export type RegisterValue = Extract<PathValue, { kind: "scalar" | "pointer" }>;

export interface Argument {
  /** Which of the registers that carry arguments. */
  readonly register: number;
  readonly value: RegisterValue;
}

/** Argument `n` (from 0) of a function. Undefined: it has none, it is no number, or one before it makes its place unsure. */
export function argumentOf(btf: Btf, func: BtfType, n: number): Argument | undefined {
  const { params } = btf.type(func.type);
  // Up to here each takes one register; structures by value and 128-bit numbers may take two, or none.
  if (n >= params.length || !params.slice(0, n).every(({ type }) => registerValue(btf, type)))
    return undefined;
  const value = registerValue(btf, params[n]!.type);
  return value && { register: n, value };
}

/** What a function returns. Undefined: nothing, or no number. */
export const resultOf = (btf: Btf, func: BtfType): RegisterValue | undefined =>
  registerValue(btf, btf.type(func.type).type);

function registerValue(btf: Btf, id: number): RegisterValue | undefined {
  if (id === 0 || sizeOf(btf, id) > 8) return undefined;
  const { kind } = btf.resolve(id);
  if (kind === "struct" || kind === "union" || kind === "float") return undefined;
  const value = describeValue(btf, id, 0);
  return value?.kind === "scalar" || value?.kind === "pointer" ? value : undefined;
}
