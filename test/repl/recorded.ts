import { type LastRun, lastRun } from "../../src/repl/last-run.ts";
import { clock } from "../../src/runtime/clock.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { head } from "../../src/runtime/decode/head.ts";
import { readRecording } from "../../src/runtime/recording.ts";

/** The demo's trace: a packet on its way through a veth pair to the firewall that drops it. */
export function recorded(): LastRun {
  const { head: about, batches, names } = readRecording("examples/demo.pwqr");
  const { queries, points, reasonType, monotonic, wall } = about;
  const run = lastRun("", queries, { points, reasonType, names, clock: clock(monotonic, wall) });
  const batch = new Batch();
  const { size } = head(batch);
  for (const bytes of batches) {
    batch.use(bytes);
    for (let at = 0; at < bytes.length; at += size(at)) run.store.add(batch.u8.slice(at, at + size(at)));
  }
  return run;
}
