import { argumentOf, type RegisterValue, resultOf } from "../../btf/signature.ts";
import { namedFunctions } from "../../plan/named-functions.ts";
import { type IntType, int, type Type, unknown } from "../../types.ts";
import type { Context } from "./context.ts";
import { typeOfPath } from "./raw.ts";

export interface Signature {
  readonly type: Type;
  /** The functions of the query do not agree on it, or are not named: the type is what holds all of them. */
  readonly mixed?: true;
}

/** Numbers of any width and sign, and what may be a pointer. */
const ANY_NUMBER: IntType = int(64, { signed: true });
const ANY: IntType = int(64, { base: "hex" });

/** The type of an argument (from 0) or of the result of the functions that the query looks at. */
export function signatureOf(part: number | "ret", { world, points }: Context): Signature {
  const { facts } = world;
  if (!facts) return { type: unknown };
  const functions = points && namedFunctions(points, facts);
  const values = functions?.flatMap(({ btf, func }): RegisterValue[] => {
    const value = part === "ret" ? resultOf(btf, func) : argumentOf(btf, func, part)?.value;
    return value ? [value] : [];
  });
  const [first, ...others] = values ?? [];
  if (!values || !first) return { type: ANY, mixed: true };
  const type = typeOfPath(first);
  if (others.every((other) => isSame(typeOfPath(other), type))) return { type };
  return { type: values.every(fits) ? ANY_NUMBER : ANY, mixed: true };
}

/** Whether a signed number of 64 bits holds it. */
const fits = (value: RegisterValue): boolean => value.kind === "scalar" && (value.size < 8 || value.signed);

function isSame(one: Type, other: Type): boolean {
  if (one.kind !== "int" || other.kind !== "int") return one.kind === other.kind;
  return (
    one.bits === other.bits &&
    one.signed === other.signed &&
    one.unit === other.unit &&
    one.names?.name === other.names?.name
  );
}
