import type { TArithmetic, TCompare, TConst, TExpr, TField, TLogic } from "../../src/compiler/typed.ts";
import { bool, int, ip, mac, string, type Type, u64 } from "../../src/compiler/types.ts";

/** Typed expressions by hand, for tests of passes that come after the checker. */

const span = { start: 0, end: 0 };
export const i64 = int(64, { signed: true });

export const num = (value: bigint | number, type: Type = u64): TConst => ({
  kind: "const",
  type,
  span,
  value: BigInt(value),
});
export const text = (value: string): TConst => ({ kind: "const", type: string(value.length), span, value });
export const truth = (value: boolean): TConst => ({ kind: "const", type: bool, span, value });
export const address = (version: 4 | 6, value: bigint): TConst => ({
  kind: "const",
  type: { kind: "ip", version },
  span,
  value,
});

/** A field of that type; only its name is looked at by tests. */
export const leaf = (name: string, type: Type = u64): TField => ({
  kind: "field",
  type,
  span,
  field: { name, type, doc: "", read: { from: "event", what: "cpu" } },
});
export const ipLeaf = leaf("ip.src", ip);
export const macLeaf = leaf("eth.src", mac);

export const compare = (op: TCompare["op"], left: TExpr, right: TExpr): TCompare => ({
  kind: "compare",
  type: bool,
  span,
  op,
  left,
  right,
});
export const logic = (op: TLogic["op"], left: TExpr, right: TExpr): TLogic => ({
  kind: "logic",
  type: bool,
  span,
  op,
  left,
  right,
});
export const not = (operand: TExpr): TExpr => ({ kind: "not", type: bool, span, operand });
export const compute = (op: TArithmetic["op"], left: TExpr, right: TExpr, type: Type = u64): TArithmetic => ({
  kind: "arithmetic",
  type,
  span,
  op,
  left,
  right,
});
/** Any other node, without the trouble of a span. */
export const node = <T extends TExpr>(rest: Omit<T, "span">): T => ({ span, ...rest }) as T;
