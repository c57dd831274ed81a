import { isatty } from "node:tty";
import { Batch } from "../../runtime/decode/batch.ts";
import { causeEvents } from "../../runtime/decode/why.ts";
import { causePresenter } from "../../runtime/output/causes.ts";
import type { EndReason } from "../../runtime/output/presenter.ts";
import { Sink } from "../../runtime/output/sink.ts";
import { type Call, wordsOf } from "../call.ts";
import { lossNote } from "../notes.ts";
import { checkOutput } from "../output.ts";
import type { present } from "../present.ts";
import { note } from "../present.ts";
import { wantsColor } from "../terminal.ts";
import { runProgram } from "./run.ts";

/**
 * Messages between programs and the kernel (unix sockets, netlink) are socket buffers too, without a protocol of a
 * network.
 */
const PROGRAM = "trace drop where protocol != 0 show tuple, netns, iface, why";

/** `pwq why`: all drops, explained and counted. */
export async function run(call: Call): Promise<number> {
  wordsOf(call, 0);
  checkOutput(call.options);
  const source = { name: "<why>", text: PROGRAM };
  return runProgram(call, { source, params: new Map(), hookFiles: [] }, presentCauses);
}

/** Causes instead of events. */
const presentCauses: typeof present = ({ fd }, queries, context, options) => {
  const batch = new Batch();
  let end: (reason: EndReason) => void = () => {};
  const ended = new Promise<EndReason>((resolve) => {
    end = resolve;
  });
  const sink = new Sink(fd, () => end("output"));
  const presenter = causePresenter(sink, causeEvents(queries[0]!, batch, context), {
    json: options.json === true,
    color: wantsColor(options.color, fd),
    // What is counted again and again is only for somebody who watches.
    live: isatty(fd),
  });
  let events = 0;
  return {
    batch,
    sink,
    presenter: {
      ...presenter,
      event(query, at) {
        events++;
        presenter.event(query, at);
      },
      lost(loss) {
        if (options.json) presenter.lost(loss);
        else note(lossNote(loss));
      },
    },
    aggregated: () => events,
    ended,
  };
};
