import type { ShowClause } from "../../../grammar/ast.ts";
import { FIELDS } from "../fields/table.ts";
import { XDP_FIELDS } from "../fields/xdp.ts";
import type { Span } from "../source.ts";
import type { ShowColumn } from "../typed.ts";
import { condition } from "./expression/condition.ts";
import { type Context, placeOf, textOf } from "./expression/context.ts";
import { expression } from "./expression/expression.ts";
import { fieldValue } from "./expression/field.ts";
import { isConstant } from "./expression/fold.ts";
import { XDP_COLUMNS } from "./xdp.ts";

/** Columns of a query without `show`, by the field each holds: pwru's. */
const DEFAULT_COLUMNS: readonly (readonly [name: string, field: string])[] = [
  ["packet", "packet"],
  ["cpu", "cpu"],
  ["process", "process"],
  ["netns", "netns"],
  ["mark", "mark"],
  ["iface", "iface"],
  ["proto", "protocol"],
  ["mtu", "mtu"],
  ["len", "len"],
  ["tuple", "tuple"],
  ["func", "func"],
];

/** `timed`: of a query with `from … to …`. */
export const defaultColumns = (
  span: Span,
  timed: boolean,
  { subject, world }: Pick<Context, "subject" | "world">,
): readonly ShowColumn[] =>
  subject === "xdp"
    ? XDP_COLUMNS.map((name) => ({ name, value: fieldValue(XDP_FIELDS.get(name)!, span, world) }))
    : [...DEFAULT_COLUMNS, ...(timed ? [["latency", "latency"] as const] : [])].map(([name, field]) => ({
        name,
        value: fieldValue(FIELDS.get(field)!, span, world),
      }));

/** Keys that the JSON output gives to every event; `show time` means that one. */
const OF_EVERY_EVENT: ReadonlySet<string> = new Set(["type", "time", "packet", "func", "query", "last"]);

export function checkShow({ items }: ShowClause, ctx: Context): readonly ShowColumn[] {
  const { report } = ctx.world;
  const columns: ShowColumn[] = [];
  for (const { value, condition: only, as, span } of items) {
    const name = as?.text ?? textOf(ctx, value);
    if (as && OF_EVERY_EVENT.has(name) && textOf(ctx, value) !== name) {
      report.error("PWQ1208", placeOf(ctx, as), `every event has a \`${name}\` already`, {
        label: "name it otherwise",
      });
    } else if (columns.some((column) => column.name === name)) {
      report.error("PWQ1208", placeOf(ctx, as ?? { span }), `two columns are named \`${name}\``, {
        label: "name one of them: `… as NAME`",
      });
    } else if (isConstant(value, ctx) && !isWord(value.kind)) {
      report.error("PWQ1214", placeOf(ctx, value), `\`${textOf(ctx, value)}\` is no column`, {
        label: "it is the same for every event",
      });
    } else {
      const typed = expression(value, ctx);
      const where = only && condition(only, ctx);
      if (typed && (where || !only)) columns.push({ name, value: typed, ...(where && { condition: where }) });
    }
  }
  return columns;
}

/** A bare name that is no field is a mistake of its own. */
const isWord = (kind: string): boolean => kind === "Name";
