import type { Batch } from "../runtime/decode/batch.ts";
import { columnsOf, explanationColumn, leadingColumns } from "../runtime/decode/columns.ts";
import type { Presenter } from "../runtime/output/presenter.ts";
import { Sink } from "../runtime/output/sink.ts";
import { tablePresenter } from "../runtime/output/table.ts";
import type { LastRun } from "./last-run.ts";

/** Where text in the REPL goes. */
export interface Surface {
  /** Whole lines. */
  readonly print: (text: string) => void;
  readonly screen: () => { readonly columns: number; readonly rows: number };
  readonly color: () => boolean;
}

/** The table of a run's events, which are read from `batch`. */
export function eventTable(
  { queries, context }: Pick<LastRun, "queries" | "context">,
  batch: Batch,
  surface: Surface,
): { readonly sink: Sink; readonly presenter: Presenter } {
  const sink = surfaceSink(surface);
  const columns = queries.map((query) => [
    ...leadingColumns(query, batch, context),
    ...columnsOf(query, batch, context),
    ...explanationColumn(query, batch, context),
  ]);
  const screen = surface.screen();
  return {
    sink,
    presenter: tablePresenter(sink, columns, batch, context, { color: surface.color(), screen }),
  };
}

/** Chunks of whole lines; a terminal takes them at once. */
const surfaceSink = ({ print }: Surface): Sink =>
  new Sink(
    process.stdout.fd,
    () => {},
    undefined,
    async (bytes, from, length) => {
      print(Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString());
      return { bytesWritten: length };
    },
  );
