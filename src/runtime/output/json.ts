import type { Batch } from "../decode/batch.ts";
import type { Column } from "../decode/columns.ts";
import type { DecodeContext } from "../decode/context.ts";
import { functionText } from "../decode/function-text.ts";
import { head, isLast } from "../decode/head.ts";
import { symbolText } from "../decode/symbol-text.ts";
import { ABSENT, formatOf } from "../format.ts";
import type { Presenter } from "./presenter.ts";
import { saidJson } from "./said.ts";
import type { Sink } from "./sink.ts";

/** Keys that every event has; a shown item of that name is not repeated. */
const FIXED: ReadonlySet<string> = new Set(["type", "time", "packet", "func"]);
/** Keys that every drop has. */
const OF_DROPS = ["drop.reason", "drop.location"] as const;

/**
 * One JSON object a line, as schema/events.schema.json says. Keys come in a fixed order: type, time, packet, func,
 * `query` if the program has several, the shown items as written, `context` where they tell of a task in whose time an
 * interrupt fell, `return` at that of a function; of a drop its reason and place, `last` at the end of a journey.
 */
export function jsonPresenter(
  sink: Sink,
  queries: readonly (readonly Column[])[],
  batch: Batch,
  context: DecodeContext,
): Presenter {
  const writers = queries.map((columns) => eventWriter(columns, batch, context, queries.length > 1));
  const line = (object: object): void => sink.line(`${JSON.stringify(object)}\n`);
  return {
    start(info) {
      sink.heading = (file) => line({ type: "start", ...info, file });
      line({ type: "start", ...info });
    },
    event: (query, at) => sink.event(writers[query]!(at)),
    said(all) {
      for (const said of all) sink.line(saidJson(said));
    },
    lost: ({ cause, count }) => line({ type: "lost", cause, count }),
    cut: ({ cause, count, packet, query }) =>
      line({
        type: "cut",
        cause,
        count,
        ...(packet !== undefined && { packet: Number(packet) }),
        ...(query !== undefined && queries.length > 1 && { query }),
      }),
    end: (info) => line({ type: "end", ...info }),
  };
}

function eventWriter(
  columns: readonly Column[],
  batch: Batch,
  context: DecodeContext,
  numbered: boolean,
): (at: number) => string {
  const { timeLow, timeHigh, packet, point, reason, location, flags, query } = head(batch);
  const func = functionText(batch, context);
  const symbol = symbolText(context.names);
  const reasons = formatOf(context.reasonType);
  const items = columns.filter(({ name }) => !FIXED.has(name));
  const keys = items.map(({ name }) => `,${JSON.stringify(name)}:`);
  const values = items.map(({ json }) => json);
  const shown = new Set(items.map(({ name }) => name));
  const [tellReason, tellPlace] = OF_DROPS.map((key) => !shown.has(key));
  const isReturn = context.points.map(({ kind }) => kind === "return");
  const isDrop = context.points.map(({ kind }) => kind === "drop");
  const interrupt = shown.has("context") ? undefined : items.find((item) => item.interrupt)?.interrupt;
  return (at) => {
    const number = packet(at);
    let line = `{"type":"event","time":"${context.clock.iso(timeLow(at), timeHigh(at))}","packet":${number === 0 ? ABSENT.json : number},"func":${func(at).json}`;
    if (numbered) line += `,"query":${query(at)}`;
    for (let i = 0; i < values.length; i++) line += keys[i]! + values[i]!(at);
    const interrupted = interrupt?.(at);
    if (interrupted !== undefined) line += `,"context":"${interrupted}"`;
    if (isReturn[point(at)]) line += ',"return":true';
    if (isDrop[point(at)]) {
      if (tellReason) line += `,"drop.reason":${reasons.json(reason(at))}`;
      if (tellPlace) line += `,"drop.location":${symbol(location(at)).json}`;
    }
    return `${line}${isLast(flags(at)) ? ',"last":true' : ""}}\n`;
  };
}
