import type { CompiledQuery } from "../compiler/compiled.ts";
import type { Hooks } from "../hooks/run/hooks.ts";
import type { Room } from "../hooks/run/rows.ts";
import { PacketCount } from "./accounting.ts";
import type { Batch } from "./decode/batch.ts";
import { head, isEnding, isHidden, isLast, isMark, isStop } from "./decode/head.ts";
import { hookStage } from "./hooked.ts";
import { DEFAULT_HOLD, type Finished, Holding, type HoldLimits } from "./journeys/holding.ts";
import { order } from "./journeys/order.ts";
import type { CutCause, EndReason, Presenter } from "./output/presenter.ts";

/**
 * Where batches come in: records are put in order and counted; each is shown unless it is hidden or beyond a limit, or
 * held until its journey has ended. Times are the records' own, in nanoseconds.
 */
export interface Intake {
  take(bytes: Uint8Array): void;
  /** Gives out what need not wait any longer at that time. */
  release(now: number): void;
  /** Nothing more comes: gives out what waits, and counts what is held as unfinished. */
  finish(): void;
  /** Some records wait for others that may be older. */
  readonly waiting: boolean;
  /** Events that came, shown or not. */
  readonly received: number;
  /** Of these, shown. */
  readonly events: number;
  readonly packets: number;
  /** Of these, held and then discarded or cut. */
  readonly discarded: number;
  readonly cut: Readonly<Record<CutCause, number>>;
  /** Journeys of a query with `ending` that were shown. */
  journeys(query: number): number;
  /** When the last record of a query came, by `performance.now`; undefined: none yet. */
  lastAt(query: number): number | undefined;
}

export interface IntakeOptions {
  /** Of shown events over all queries. */
  readonly limit?: number | undefined;
  readonly hold?: HoldLimits | undefined;
  /** They see what is shown before it is. */
  readonly hooks?: Hooks | undefined;
}

/** `end` is called when a limit is reached or a `stop when` is met. */
export function intake(
  queries: readonly CompiledQuery[],
  batch: Batch,
  presenter: Presenter,
  { limit = Number.POSITIVE_INFINITY, hold = DEFAULT_HOLD, hooks }: IntakeOptions,
  end: (reason: EndReason) => void,
): Intake {
  const { size, query, flags, packet, point, reason, timeLow, timeHigh } = head(batch);
  const packets = new PacketCount();
  const limits = queries.map(({ checked }) => limitsOf(checked));
  const shown = queries.map(() => 0);
  const journeys = queries.map(() => 0);
  const seen: (number | undefined)[] = queries.map(() => undefined);
  let received = 0;
  let events = 0;
  let open = true;

  const show = (number: number, at: number): void => {
    presenter.event(number, at);
    events++;
    shown[number]!++;
    const journey = packet(at);
    if (journey !== 0) packets.add(Number(journey));
  };
  const checkLimits = (number: number): void => {
    const most = limits[number]!;
    if (events >= limit || shown[number]! >= most.events || journeys[number]! >= most.journeys)
      close("limit");
  };
  const close = (why: EndReason): void => {
    open = false;
    end(why);
  };
  const shownBy = (counted: boolean) =>
    hooks &&
    hookStage(hooks, {
      presenter,
      show: (at) => show(query(at), at),
      checkLimits: (at) => counted && checkLimits(query(at)),
      isOpen: () => open,
      stop: () => close("stop"),
    });
  const [eventStage, journeyStage] = [shownBy(true), shownBy(false)];
  /** Places of the batch in use that hooks have not seen yet. */
  let pending: number[] = [];
  const flush = (): void => {
    const places = pending;
    pending = [];
    if (places.length === 0) return;
    eventStage?.(places, {
      total: limit - events,
      queries: limits.map((most, number) => most.events - shown[number]!),
    });
  };
  const showJourney =
    (number: number) =>
    ({ packet: journey, records, cut }: Finished): void => {
      flush();
      if (hooks && !open) return;
      if (cut > 0) presenter.cut({ cause: "bound", count: cut, packet: journey, query: number });
      const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
      batch.use(bytes);
      let at = 0;
      const places = records.map((record) => {
        bytes.set(record, at);
        at += record.length;
        return at - record.length;
      });
      if (journeyStage) journeyStage(places, UNLIMITED);
      else for (const place of places) show(number, place);
      journeys[number]!++;
      checkLimits(number);
    };
  const holdings = queries.map(({ checked }, number) =>
    checked.ending.length > 0 ? new Holding(hold, showJourney(number)) : undefined,
  );

  const timeAt = (at: number): number => timeHigh(at) * 0x1_0000_0000 + timeLow(at);
  const mark = (at: number): void => {
    holdings.forEach((holding, number) => {
      if (reason(at) & (1 << number)) holding?.mark(packet(at), timeAt(at), point(at));
    });
  };
  /** `bytes` are in use; they are again afterwards. */
  const held = (holding: Holding, at: number, bytes: Uint8Array): void => {
    const flag = flags(at);
    const ended = isEnding(flag) ? "as asked" : isLast(flag) ? "otherwise" : "no";
    holding.event(packet(at), timeAt(at), bytes.slice(at, at + size(at)), ended);
    if (ended === "as asked") batch.use(bytes);
  };
  const record = (at: number, bytes: Uint8Array): void => {
    const flag = flags(at);
    if (isMark(flag)) return mark(at);
    const number = query(at);
    const holding = holdings[number];
    if (holding && !isHidden(flag)) held(holding, at, bytes);
    else if (!isHidden(flag)) {
      if (hooks) pending.push(at);
      else {
        show(number, at);
        checkLimits(number);
      }
    }
    if (isStop(flag)) {
      flush();
      if (open) close("stop");
    }
  };
  const ordered = order((bytes, places, count) => {
    batch.use(bytes);
    for (let i = 0; i < count && open; i++) record(places[i]!, bytes);
    flush();
    const youngest = count > 0 ? timeAt(places[count - 1]!) : 0;
    for (const holding of holdings) holding?.expire(youngest);
  });
  const sum = (of: (holding: Holding) => number): number =>
    holdings.reduce((total, holding) => total + (holding ? of(holding) : 0), 0);
  return {
    take(bytes) {
      batch.use(bytes);
      const now = performance.now();
      for (let at = 0; at < bytes.length; at += size(at)) {
        if (isMark(flags(at))) continue;
        received++;
        seen[query(at)] = now;
      }
      ordered.take(bytes);
    },
    release(now) {
      ordered.release(now);
      for (const holding of holdings) holding?.expire(now);
    },
    finish() {
      ordered.flush();
      for (const holding of holdings) holding?.finish();
    },
    get waiting() {
      return ordered.waiting > 0;
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
    get discarded() {
      return sum((holding) => holding.discarded);
    },
    get cut() {
      return {
        bound: sum(({ cut }) => cut.bound),
        timeout: sum(({ cut }) => cut.timeout),
        memory: sum(({ cut }) => cut.memory),
        unfinished: sum(({ cut }) => cut.unfinished),
      };
    },
    journeys: (number) => journeys[number]!,
    lastAt: (number) => seen[number],
  };
}

/** A journey is shown whole. */
const UNLIMITED: Room = { total: Number.POSITIVE_INFINITY, queries: [] };

function limitsOf({ limit, ending }: CompiledQuery["checked"]): {
  readonly events: number;
  readonly journeys: number;
} {
  const none = Number.POSITIVE_INFINITY;
  return {
    events: limit?.unit === "events" ? limit.count : none,
    // Without `ending`, packets are counted where they are selected.
    journeys: limit?.unit === "packets" && ending.length > 0 ? limit.count : none,
  };
}
