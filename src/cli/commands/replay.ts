import { clock } from "../../runtime/clock.ts";
import { type Intake, intake } from "../../runtime/intake.ts";
import { readRecording } from "../../runtime/recording.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { summary } from "../notes.ts";
import { openOutput } from "../output.ts";
import { holdLimits, note, present } from "../present.ts";
import { STATUS } from "../report.ts";

/** `pwq replay FILE`: shows a recording as the trace showed it, at once. */
export async function run(call: Call): Promise<number> {
  const { options } = call;
  const [path] = wordsOf(call, 1);
  if (path === undefined) {
    throw fail({
      code: "PWQ2006",
      message: "`pwq replay` needs a recording",
      label: "usage: pwq replay FILE",
    });
  }
  const { head, names, batches, end: recorded } = readRecording(path);
  const context = {
    points: head.points,
    reasonType: head.reasonType,
    clock: clock(head.monotonic, head.wall),
    names,
  };
  const output = await openOutput(options);
  const { batch, sink, presenter } = present(output, head.queries, context, options);
  presenter.start(head.about);
  let open = true;
  const taking: Intake = intake(
    head.queries,
    batch,
    presenter,
    { limit: options.limit, hold: holdLimits(options) },
    () => {
      open = false;
    },
  );
  for (const bytes of batches) {
    if (!open || sink.ended) break;
    taking.take(bytes);
    await sink.drained();
  }
  taking.finish();
  const { events, packets, discarded } = taking;
  const cut = Object.values(taking.cut).reduce((sum, count) => sum + count, 0);
  const { lost = 0, thinned = 0, seconds = 0 } = recorded ?? {};
  const end = { events, packets, discarded, cut, lost, thinned, seconds, reason: "recording" } as const;
  presenter.end(end);
  const { failure } = await output.close(sink);
  if (!options.quiet && sink.ended?.kind !== "gone")
    note(`a recording${recorded ? "" : " that was cut short"}: ${summary(end)}`);
  if (failure) throw failure;
  return STATUS.done;
}
