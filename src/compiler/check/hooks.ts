import type { Expr, Hook } from "../../../grammar/ast.ts";
import { parseExpression } from "../../../grammar/index.ts";
import { isHookEvent } from "../../hooks/events.ts";
import type { HookProgram, ParamValue } from "../../hooks/program.ts";
import { compileHooks, type HookStatement } from "../../hooks/source/compile.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { FIELDS } from "../fields/table.ts";
import type { Source } from "../source.ts";
import type { CheckedQuery, PresenceName, ShowColumn, TExpr } from "../typed.ts";
import { bool } from "../types.ts";
import { type Context, placeOf } from "./expression/context.ts";
import { fieldValue } from "./expression/field.ts";
import { fold, isConstant } from "./expression/fold.ts";
import { emptyScope, type Parameter } from "./scope.ts";

export interface CheckedHooks {
  readonly hooks?: HookProgram;
  readonly queries: readonly CheckedQuery[];
}

/**
 * Checks the hooks of a program and of files of hooks, and has the queries capture what these read. Without hooks
 * nothing of what they need is loaded.
 */
export function checkHooks(
  statements: readonly Hook[],
  files: readonly Source[],
  queries: readonly CheckedQuery[],
  ctx: Context,
): CheckedHooks {
  if (statements.length === 0 && files.length === 0) return { queries };
  const { report } = ctx.world;
  const checked = statements.map((statement) => checkStatement(statement, ctx));
  const hooks = compileHooks(
    {
      statements: checked.filter((statement) => statement !== undefined),
      files,
      columns: new Set(queries.flatMap(({ show }) => show.map(({ name }) => name))),
      params: paramValues(ctx),
      interval: (text) => {
        const { expression } = parseExpression(text);
        return expression && durationOf(expression, ctx);
      },
    },
    (code, place, message, details) => report.error(code, place, message, details),
  );
  if (!hooks) return { queries };
  return { hooks, queries: queries.map((query) => capturing(query, hooks, ctx)) };
}

function checkStatement(hook: Hook, ctx: Context): HookStatement | undefined {
  const { event, interval, parameter, body, span } = hook;
  const names = ["event", "drop", "packet", "tick", "start", "stop"];
  if (!isHookEvent(event.text)) {
    const label = didYouMean(event.text, names) ?? `there are ${names.join(", ")}`;
    return ctx.world.report.error("PWQ1603", placeOf(ctx, event), `there is no hook \`on ${event.text}\``, {
      label,
    });
  }
  const everyNs = interval && durationOf(interval, ctx);
  if (interval && everyNs === undefined) {
    return ctx.world.report.error("PWQ1604", placeOf(ctx, interval), "this is not an interval", {
      label: "a duration, such as `1s`",
    });
  }
  return {
    event: event.text,
    source: ctx.scope.source,
    head: { start: span.start, end: event.span.end },
    body,
    ...(parameter && { parameter: parameter.text }),
    ...(everyNs !== undefined && { everyNs }),
  };
}

function durationOf(node: Expr, ctx: Context): bigint | undefined {
  const value = isConstant(node, ctx) ? fold(node, ctx, undefined) : undefined;
  return value?.kind === "int" && value.unit === "duration" ? value.value : undefined;
}

/** Fields beside the shown items. A name that is shown is read from what is shown. */
function capturing(query: CheckedQuery, { fields, layers }: HookProgram, { world }: Context): CheckedQuery {
  const { span } = query.syntax.subject;
  const captured: ShowColumn[] = fields.flatMap((name) => {
    const field = FIELDS.get(name);
    return field ? [{ name, value: fieldValue(field, span, world) }] : [];
  });
  for (const layer of layers as readonly PresenceName[]) {
    const value: TExpr = { kind: "present", layer, type: bool, span };
    captured.push({ name: `has(${layer})`, value });
  }
  return { ...query, captured };
}

/** Numbers as numbers (durations in nanoseconds, sizes in bytes), everything else as it is written. */
function paramValues(ctx: Context): Readonly<Record<string, ParamValue>> {
  return Object.fromEntries(
    [...ctx.scope.params].map(([name, parameter]) => [name, paramValue(parameter, ctx)]),
  );
}

function paramValue({ value }: Parameter, { world }: Context): ParamValue {
  if (!value) return "";
  const { expr, source } = value;
  const folded =
    expr.kind === "Cidr" ? undefined : fold(expr, { world, scope: emptyScope(source) }, undefined);
  switch (folded?.kind) {
    case "int":
      return Number(folded.value);
    case "bool":
    case "string":
      return folded.value;
    default:
      return source.text.slice(expr.span.start, expr.span.end);
  }
}
