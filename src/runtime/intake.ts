import type { CompiledQuery } from "../compiler/compiled.ts";
import { PacketCount } from "./accounting.ts";
import type { Batch } from "./decode/batch.ts";
import { head, isHidden, isStop } from "./decode/head.ts";
import type { EndReason, Presenter } from "./output/presenter.ts";

/** Where batches come in: every record is counted, and shown unless it is hidden or beyond a limit. */
export interface Intake {
  take(bytes: Uint8Array): void;
  /** Records that came, shown or not. */
  readonly received: number;
  readonly events: number;
  readonly packets: number;
  /** When the last record of a query came, by `performance.now`; undefined: none yet. */
  lastAt(query: number): number | undefined;
}

/** `limit`: of shown events over all queries. `end` is called when a limit is reached or a `stop when` is met. */
export function intake(
  queries: readonly CompiledQuery[],
  batch: Batch,
  presenter: Presenter,
  limit: number | undefined,
  end: (reason: EndReason) => void,
): Intake {
  const { size, query, flags, packet } = head(batch);
  const packets = new PacketCount();
  const eventLimits = queries.map(({ checked }) =>
    checked.limit?.unit === "events" ? checked.limit.count : Number.POSITIVE_INFINITY,
  );
  const shown = queries.map(() => 0);
  const seen: (number | undefined)[] = queries.map(() => undefined);
  const most = limit ?? Number.POSITIVE_INFINITY;
  let received = 0;
  let events = 0;
  let open = true;

  const record = (at: number, number: number): void => {
    const flag = flags(at);
    if (!isHidden(flag)) {
      presenter.event(number, at);
      events++;
      const journey = packet(at);
      if (journey !== 0) packets.add(Number(journey));
      shown[number]!++;
      if (events >= most || shown[number]! >= eventLimits[number]!) close("limit");
    }
    if (isStop(flag)) close("stop");
  };
  const close = (reason: EndReason): void => {
    open = false;
    end(reason);
  };
  return {
    take(bytes) {
      batch.use(bytes);
      const now = performance.now();
      for (let at = 0; at < bytes.length; at += size(at)) {
        received++;
        const number = query(at);
        seen[number] = now;
        if (open) record(at, number);
      }
    },
    get received() {
      return received;
    },
    get events() {
      return events;
    },
    get packets() {
      return packets.count;
    },
    lastAt: (number) => seen[number],
  };
}
