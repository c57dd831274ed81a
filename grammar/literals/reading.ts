import type { SyntaxCode } from "../errors.ts";

/** What a literal turned out to be: a value, or what is wrong with it. `from` and `to` narrow the place. */
export type Reading<T> = { readonly ok: true; readonly value: T } | Wrong;

export interface Wrong {
  readonly ok: false;
  readonly code: SyntaxCode;
  readonly message: string;
  readonly label?: string;
  readonly from?: number;
  readonly to?: number;
}

export const right = <T>(value: T): Reading<T> => ({ ok: true, value });

export const wrong = (
  code: SyntaxCode,
  message: string,
  label?: string,
  place?: { from: number; to: number },
): Wrong => ({ ok: false, code, message, ...(label === undefined ? {} : { label }), ...place });
