import { fail } from "../cli/call.ts";
import { summary } from "../cli/notes.ts";
import { count as countValue } from "../cli/values.ts";
import { Batch } from "../runtime/decode/batch.ts";
import type { LastRun } from "./last-run.ts";
import { nothingYet, type Repl } from "./repl.ts";
import { eventTable } from "./table.ts";

const USUAL = 20;

/** `.last [N]`: the last events of the last trace, as they were shown, and how it ended. */
export function showLast(repl: Repl, rest: string): void {
  const { last } = repl;
  if (!last) throw nothingYet("trace");
  const most = rest === "" ? USUAL : countValue.parse(rest);
  if (most === undefined)
    throw fail({ code: "PWQ5008", message: `\`${rest}\` is not a number of events`, label: "`.last 100`" });
  const first = last.store.count - most;
  const batch = new Batch();
  const { sink, presenter } = eventTable(last, batch, repl.surface);
  let number = 0;
  last.store.each(batch, (at, query) => {
    if (number++ >= first) presenter.event(query, at);
  });
  if (last.end) {
    presenter.end(last.end);
    sink.line(`pwq: ${summary(last.end)}${forgottenNote(last)}\n`);
  }
}

function forgottenNote({ store }: LastRun): string {
  return store.forgotten === 0 ? "" : `; the last ${store.count} events are kept`;
}
