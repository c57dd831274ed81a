import { isatty } from "node:tty";
import type { CompiledQuery } from "../compiler/compiled.ts";
import { Batch } from "../runtime/decode/batch.ts";
import { columnsOf, explanationColumn, leadingColumns } from "../runtime/decode/columns.ts";
import type { DecodeContext } from "../runtime/decode/context.ts";
import { DEFAULT_HOLD, type HoldLimits } from "../runtime/journeys/holding.ts";
import { aggregating } from "../runtime/output/aggregates.ts";
import { jsonPresenter } from "../runtime/output/json.ts";
import type { EndReason, Presenter } from "../runtime/output/presenter.ts";
import { Sink } from "../runtime/output/sink.ts";
import { tablePresenter } from "../runtime/output/table.ts";
import { cutNote, lossNote } from "./notes.ts";
import type { Options } from "./options.ts";
import type { Output } from "./output.ts";
import { printError, wantsColor } from "./terminal.ts";

/** Where a trace's lines go, and how they look: what the options say. */
export interface Presentation {
  readonly batch: Batch;
  readonly sink: Sink;
  readonly presenter: Presenter;
  /** Events that were made into aggregates instead of lines. */
  readonly aggregated: () => number;
  /** Resolves if nobody reads any more, or nothing can be written. */
  readonly ended: Promise<EndReason>;
}

export function present(
  { fd, rotation }: Output,
  queries: readonly CompiledQuery[],
  context: DecodeContext,
  options: Options,
  hooked = false,
): Presentation {
  const batch = new Batch();
  let end: (reason: EndReason) => void = () => {};
  const ended = new Promise<EndReason>((resolve) => {
    end = resolve;
  });
  const sink = new Sink(fd, () => end("output"), rotation);
  const shown = queries.map((query) => columnsOf(query, batch, context));
  const presented = (inner: Presenter): Presentation => {
    const { presenter, events } = aggregating(inner, sink, queries, shown, options.json === true);
    return { batch, sink, presenter, aggregated: events, ended };
  };
  if (options.json) return presented(jsonPresenter(sink, shown, batch, context));
  const columns = queries.map((query, i) => [
    ...leadingColumns(query, batch, context),
    ...shown[i]!,
    ...explanationColumn(query, batch, context),
  ]);
  const table = tablePresenter(sink, columns, batch, context, {
    color: wantsColor(options.color, fd),
    hooked,
    ...(isatty(fd) && { screen: screen() }),
  });
  // In JSON a loss is a line among the events; here it would tear the table.
  const presenter: Presenter = {
    ...table,
    lost: (loss) => note(lossNote(loss)),
    cut(cut) {
      if (cut.packet === undefined) note(cutNote(cut));
      else table.cut(cut);
    },
  };
  return presented(presenter);
}

/** How much `ending` may hold. */
export const holdLimits = (options: Options): HoldLimits => ({
  events: options["hold-events"] ?? DEFAULT_HOLD.events,
  ns: options["hold-time"] === undefined ? DEFAULT_HOLD.ns : Number(options["hold-time"]),
  bytes: options["hold-memory"] ?? DEFAULT_HOLD.bytes,
});

/** A terminal that does not tell its size has the usual one. */
function screen(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stdout;
  return { columns: columns || 80, rows: rows || 24 };
}

export const note = (text: string): void => printError(`pwq: ${text}\n`);
