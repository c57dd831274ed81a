import type { Expr, Point } from "../../../../grammar/ast.ts";
import type { KernelFacts } from "../../facts.ts";
import type { PcapCompile } from "../../pcap/filter.ts";
import type { Span } from "../../source.ts";
import type { TExpr } from "../../typed.ts";
import type { Place, Reporter } from "../report.ts";
import type { Definition, Scope } from "../scope.ts";

/** What is the same for a whole program while it is checked. */
export interface World {
  readonly report: Reporter;
  readonly facts: KernelFacts | undefined;
  readonly pcap: PcapCompile | undefined;
  /** Defs with a type of their own, each checked once; undefined inside: it has an error, which is reported. */
  readonly defs: Map<Definition, { readonly typed: TExpr | undefined }>;
  /** Defs that lead back to themselves or to nothing: reported, and never looked into. */
  readonly unusable: ReadonlySet<Definition>;
  /** Fields read by an expression, each checked once, by field name. */
  readonly expansions: Map<string, TExpr>;
  /** How many parts an expression has, by `isTooLong`. */
  readonly parts: WeakMap<TExpr, number>;
  /** Where a typed comparison was written: its span may be moved to where a def is used. */
  readonly written: WeakMap<TExpr, Place>;
}

export interface Context {
  readonly world: World;
  readonly scope: Scope;
  /** What the query traces; undefined outside of queries. */
  readonly subject?: "skb" | "xdp";
  /** Where the query looks, as written; undefined outside of queries. */
  readonly points?: readonly Point[];
  /** Set within the value of a def or parameter: where that is used, which is where findings belong. */
  readonly site?: Place;
}

/** Where a finding about `node` is shown. */
export const placeOf = (ctx: Context, node: { readonly span: Span }): Place =>
  ctx.site ?? { source: ctx.scope.source, span: node.span };

export const spanOf = (ctx: Context, node: { readonly span: Span }): Span => placeOf(ctx, node).span;

/** The text of `node` as written, white space and comments reduced to single blanks. */
export function textOf(ctx: Context, node: { readonly span: Span }): string {
  return normalised(ctx.scope.source.text.slice(node.span.start, node.span.end));
}

const PIECE = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\s|#[^\n]*)+/g;

export const normalised = (text: string): string =>
  text.replace(PIECE, (piece) => (/^["']/.test(piece) ? piece : " ")).trim();

/** A node in the scope in which its names mean something. */
export interface Located {
  readonly node: Expr;
  readonly ctx: Context;
}

/** The def that a bare name stands for here. */
export const definitionOf = (node: Expr, ctx: Context): Definition | undefined =>
  node.kind === "Name" ? ctx.scope.defs.get(node.name) : undefined;

/** Goes through names of defs and parameters to what they stand for; anything else stays as it is. */
export function behind(node: Expr, ctx: Context): Located {
  const definition = definitionOf(node, ctx);
  if (definition && !ctx.world.unusable.has(definition)) {
    return behind(definition.statement.value, { ...ctx, scope: definition.scope, site: placeOf(ctx, node) });
  }
  const value = node.kind === "ParamRef" ? ctx.scope.params.get(node.name)?.value : undefined;
  if (!value) return { node, ctx };
  const scope = { source: value.source, defs: new Map(), params: new Map() };
  return { node: value.expr, ctx: { ...ctx, scope, site: placeOf(ctx, node) } };
}
