import type { ByClause, Call, EveryClause, Expr, ShowClause, TopClause } from "../../../grammar/ast.ts";
import { AGGREGATES, isAggregateName } from "../aggregates.ts";
import type { AggregateItem, Aggregation, ShowColumn } from "../typed.ts";
import { u64 } from "../types.ts";
import { checkEvery, checkTop } from "./amounts.ts";
import { type Context, placeOf, textOf } from "./expression/context.ts";
import { describe } from "./expression/describe.ts";
import { expression } from "./expression/expression.ts";
import { constantOf } from "./expression/fit.ts";
import { expectedBeside } from "./expression/operand.ts";
import { checkShow } from "./show.ts";

interface Clauses {
  readonly show: ShowClause | undefined;
  readonly by: ByClause | undefined;
  readonly every: EveryClause | undefined;
  readonly top: TopClause | undefined;
}

/** A query that shows aggregates, and the columns that they are made of: first the keys. */
export interface Aggregated {
  readonly columns: readonly ShowColumn[];
  readonly aggregation: Aggregation;
}

/** Undefined: `show` has no aggregate. */
export function checkAggregation({ show, by, every, top }: Clauses, ctx: Context): Aggregated | undefined {
  const items = show?.items ?? [];
  if (!items.some(({ value }) => isAggregate(value))) {
    for (const clause of [by, every, top]) {
      if (!clause) continue;
      const word = clause.kind.toLowerCase();
      const at = placeOf(ctx, { span: { start: clause.span.start, end: clause.span.start + word.length } });
      ctx.world.report.error("PWQ1221", at, `\`${word}\` is about aggregates, and \`show\` has none`, {
        label: "say what is to be counted: `show count()`",
      });
    }
    return undefined;
  }
  const keys = by ? checkShow(asShow(by), ctx) : [];
  const columns = [...keys];
  const made: AggregateItem[] = [];
  for (const { value, condition, as } of items) {
    const name = as?.text ?? textOf(ctx, value);
    if (!isAggregate(value) || condition) {
      ctx.world.report.error(
        "PWQ1220",
        placeOf(ctx, condition ?? value),
        `\`${textOf(ctx, condition ?? value)}\` is of one event`,
        {
          label: condition
            ? "`where` and `when` choose what is counted"
            : `to group by it write \`by ${textOf(ctx, value)}\``,
        },
      );
    } else if ([...keys, ...made].some((other) => other.name === name)) {
      ctx.world.report.error("PWQ1208", placeOf(ctx, as ?? value), `two columns are named \`${name}\``, {
        label: "name one of them: `… as NAME`",
      });
    } else {
      const item = checkItem(name, value, columns, ctx);
      if (item) made.push(item);
    }
  }
  const everyNs = every && checkEvery(every, ctx);
  const most = top && checkTop(top, ctx);
  const aggregation = {
    keys: keys.length,
    items: made,
    ...(everyNs !== undefined && { everyNs }),
    ...(most !== undefined && { top: most }),
  };
  return { columns, aggregation };
}

export const isAggregate = (node: Expr): node is Call =>
  node.kind === "Call" && isAggregateName(node.callee.text, node.args.length);

const asShow = ({ keys, span }: ByClause): ShowClause => ({
  kind: "Show",
  items: keys.map((value) => ({ kind: "ShowItem", value, span: value.span })),
  span,
});

/** Adds what it is made of to `columns`. */
function checkItem(name: string, node: Call, columns: ShowColumn[], ctx: Context): AggregateItem | undefined {
  const fn = node.callee.text as AggregateItem["fn"];
  const { of, constants, usage } = AGGREGATES[fn];
  const wanted = (of === "events" ? 0 : 1) + constants;
  if (node.args.length !== wanted) {
    const arguments_ = wanted === 1 ? "one argument" : wanted === 0 ? "no argument" : `${wanted} arguments`;
    return ctx.world.report.error("PWQ1105", placeOf(ctx, node), `\`${fn}\` takes ${arguments_}`, {
      label: `write \`${usage}\``,
    });
  }
  const [operand, ...rest] = node.args;
  if (!operand) return { name, fn, type: u64 };
  const value = expression(operand, ctx);
  if (!value) return undefined;
  if (of === "numbers" && value.type.kind !== "int" && value.type.kind !== "unknown") {
    return ctx.world.report.error(
      "PWQ1106",
      placeOf(ctx, operand),
      `\`${textOf(ctx, operand)}\` is no number`,
      {
        label: `it is ${describe(value.type)}; \`uniq\` counts different values of any type`,
      },
    );
  }
  const numbers = rest.map((each) =>
    constantOf(each, ctx, { ...expectedBeside(value, operand, ctx), bits: 64 }),
  );
  if (numbers.includes(undefined)) return undefined;
  columns.push({ name: `${fn} ${textOf(ctx, operand)}`, value });
  const item: AggregateItem = {
    name,
    fn,
    type: of === "numbers" ? value.type : u64,
    column: columns.length - 1,
  };
  const [low, high, step] = numbers.map((each) => Number(each!.value));
  if (low === undefined || high === undefined || step === undefined) return item;
  if (low < high && step > 0 && (high - low) / step <= MOST_BUCKETS)
    return { ...item, range: { low, high, step } };
  return ctx.world.report.error("PWQ1106", placeOf(ctx, node), `\`${textOf(ctx, node)}\` has no buckets`, {
    label: `\`low\` below \`high\`, and at most ${MOST_BUCKETS} steps between them`,
  });
}

const MOST_BUCKETS = 1000;
