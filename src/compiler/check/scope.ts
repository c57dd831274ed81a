import type { Def, Expr, Param } from "../../../grammar/ast.ts";
import type { Source } from "../source.ts";
import type { ParamType } from "./param-types.ts";

/** A `def` with the scope it was written in: there its names mean something, wherever it is used. */
export interface Definition {
  readonly statement: Def;
  readonly scope: Scope;
}

export interface Parameter {
  readonly statement: Param;
  readonly source: Source;
  readonly type: ParamType | undefined;
  /** The value as a constant expression in a text of its own, or undefined if it has none (which is reported). */
  readonly value?: { readonly expr: Expr; readonly source: Source } | undefined;
}

/** What names mean in one file. */
export interface Scope {
  readonly source: Source;
  readonly defs: ReadonlyMap<string, Definition>;
  readonly params: ReadonlyMap<string, Parameter>;
}

export const emptyScope = (source: Source): Scope => ({ source, defs: new Map(), params: new Map() });
