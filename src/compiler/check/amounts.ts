import type {
  EveryClause,
  Expr,
  ForClause,
  LimitClause,
  RateClause,
  SampleClause,
  TopClause,
  Word,
} from "../../../grammar/ast.ts";
import type { Code } from "../diagnostics/codes.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { CheckedQuery } from "../typed.ts";
import { type Context, placeOf, textOf } from "./expression/context.ts";
import { fold, isConstant } from "./expression/fold.ts";

/** `sample 1/100` */
export function checkSample(
  { numerator, denominator, span }: SampleClause,
  ctx: Context,
): CheckedQuery["sample"] {
  const most = 2 ** 32 - 1;
  const part = count(numerator, most, "PWQ1204", ctx);
  const whole = count(denominator, most, "PWQ1204", ctx);
  if (part === undefined || whole === undefined) return undefined;
  if (part <= whole) return { numerator: part, denominator: whole };
  return ctx.world.report.error("PWQ1204", placeOf(ctx, { span }), `${part} of ${whole} is more than all`, {
    label: `did you mean \`sample ${whole}/${part}\`?`,
  });
}

/** What `rate` can be per, in nanoseconds. */
const RATE_UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** `rate 100/s` */
export function checkRate({ count: amount, per }: RateClause, ctx: Context): CheckedQuery["rate"] {
  const number = count(amount, 1e9, "PWQ1205", ctx);
  const unit = RATE_UNITS.get(per.text) ?? badWord(per, [...RATE_UNITS.keys()], "PWQ1205", ctx);
  return number === undefined || unit === undefined ? undefined : { count: number, perNs: unit };
}

/** `limit 10 packets` */
export function checkLimit({ count: amount, unit }: LimitClause, ctx: Context): CheckedQuery["limit"] {
  const units = ["packets", "events"] as const;
  const number = count(amount, Number.MAX_SAFE_INTEGER, "PWQ1206", ctx);
  const word = units.find((known) => known === unit.text) ?? badWord(unit, units, "PWQ1206", ctx);
  return number === undefined || word === undefined ? undefined : { count: number, unit: word };
}

/** `top 10` */
export const checkTop = ({ count: amount }: TopClause, ctx: Context): number | undefined =>
  count(amount, Number.MAX_SAFE_INTEGER, "PWQ1206", ctx);

/** `for 10s`, in nanoseconds */
export const checkFor = ({ duration }: ForClause, ctx: Context): bigint | undefined => time(duration, ctx);

/** `every 1s`, in nanoseconds */
export const checkEvery = ({ interval }: EveryClause, ctx: Context): bigint | undefined =>
  time(interval, ctx);

function time(duration: Expr, ctx: Context): bigint | undefined {
  if (!isConstant(duration, ctx)) return notConstant(duration, "PWQ1207", ctx);
  const value = fold(duration, ctx, undefined);
  if (!value) return undefined;
  if (value.kind === "int" && value.unit === "duration" && value.value > 0n) return value.value;
  const text = textOf(ctx, duration);
  return ctx.world.report.error(
    "PWQ1207",
    placeOf(ctx, duration),
    `\`${text}\` is not a duration to wait for`,
    {
      label: value.kind === "int" && value.unit === undefined ? `with a unit: \`${text}s\`` : "such as `10s`",
    },
  );
}

/** A whole number from 1. */
function count(node: Expr, most: number, code: Code, ctx: Context): number | undefined {
  if (!isConstant(node, ctx)) return notConstant(node, code, ctx);
  const value = fold(node, ctx, undefined);
  if (!value) return undefined;
  if (value.kind === "int" && value.unit === undefined && value.value >= 1n && value.value <= BigInt(most)) {
    return Number(value.value);
  }
  return ctx.world.report.error(code, placeOf(ctx, node), `\`${textOf(ctx, node)}\` cannot stand here`, {
    label: most > 2 ** 32 ? "a whole number from 1" : `a whole number from 1 to ${most}`,
  });
}

const notConstant = (node: Expr, code: Code, ctx: Context): undefined =>
  ctx.world.report.error(code, placeOf(ctx, node), `\`${textOf(ctx, node)}\` is not a constant`);

const badWord = (word: Word, known: readonly string[], code: Code, ctx: Context): undefined =>
  ctx.world.report.error(code, placeOf(ctx, word), `\`${word.text}\` cannot stand here`, {
    label: didYouMean(word.text, known) ?? `there are ${known.map((each) => `\`${each}\``).join(", ")}`,
  });
