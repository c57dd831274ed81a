import { writeFileSync } from "node:fs";
import type { Compiled } from "../compiler/compiled.ts";
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { Hooks } from "../hooks/run/hooks.ts";
import {
  admitted,
  type Counts,
  cuts,
  losses,
  readCounts,
  summed,
  type Teller,
  teller,
} from "./accounting.ts";
import { type RunningCommand, startCommand } from "./command.ts";
import type { Batch } from "./decode/batch.ts";
import { type Intake, intake } from "./intake.ts";
import type { HoldLimits } from "./journeys/holding.ts";
import type { Cause, CutCause, EndInfo, EndReason, Presenter, StartInfo } from "./output/presenter.ts";
import type { Sink } from "./output/sink.ts";
import type { MetProgram } from "./program-watch.ts";
import { sessionHooks } from "./session-hooks.ts";
import { systemReason } from "./system-error.ts";
import type { Attached, Loaded, Sizes, Tracer } from "./tracer.ts";

/** One trace from loading to the last line. */
export interface Session {
  readonly compiled: Compiled;
  readonly tracer: Tracer;
  readonly sizes: Sizes;
  /** The views that the presenter's columns were made over. */
  readonly batch: Batch;
  readonly presenter: Presenter;
  readonly sink: Sink;
  readonly about: Omit<StartInfo, "backend" | "probes">;
  /** `--limit`: shown events over all queries. */
  readonly limit?: number;
  /** How much `ending` may hold. */
  readonly hold?: HoldLimits;
  /** `--for`, in nanoseconds. */
  readonly forNs?: bigint;
  readonly readyFile?: string;
  readonly command?: readonly [string, ...string[]];
  readonly hooks?: Hooks;
  /** Told what was attached, before anything is shown. */
  readonly onAttached?: (attached: Attached) => void;
  /** Told of each BPF program that is looked at, or cannot be, also while the trace runs. */
  readonly onProgram?: (program: MetProgram) => void;
  /** Told every batch as it comes, for a recording; what it throws ends the trace and is thrown again. */
  readonly onBatch?: (batch: Uint8Array) => void;
  /** Resolves when the trace is to end: Ctrl-C, or nobody reads any more. */
  readonly ended: Promise<EndReason>;
}

/** How often losses are told and `limit N packets` is looked at. */
const TICK_MS = 100;
/** How long at most a record waits for older ones, and then some. */
const RELEASE_MS = 10;
/** A journey that `limit N packets` waits for has ended when nothing was seen of it for so long. */
const QUIET_MS = 1000;
/** A packet is counted before it is entered in the tracking map: one that is not there yet has not ended. */
const UNDERWAY_MS = 50;
/** What a command sent before it ended may still be on its way through the kernel. */
const AFTER_COMMAND_MS = 200;

/** How long a command that was asked to end is waited for. */
const COMMAND_PATIENCE_MS = 1000;

interface Tell {
  readonly losses: Teller<Cause>;
  readonly cuts: Teller<CutCause>;
}

/** Runs a trace to its end. Whatever happens, nothing stays attached. Throws PwqError. */
export async function runSession(session: Session): Promise<EndInfo> {
  const { compiled, tracer, sizes, presenter, sink } = session;
  const loaded = tracer.load(compiled, sizes);
  let command: RunningCommand | undefined;
  try {
    const end = ending(session.ended);
    const { limit, hold, hooks } = session;
    const taking = intake(compiled.queries, session.batch, presenter, { limit, hold, hooks }, end.because);
    const attached = loaded.attach(compiled.plan, session.onProgram);
    if (attached.count === 0 && compiled.plan.programPoints.length === 0) throw nothingAttached(attached);
    session.onAttached?.(attached);
    presenter.start({ ...session.about, backend: compiled.plan.backend, probes: attached.count });
    const releaseSoon = releaser(taking);
    let failure: { readonly error: unknown } | undefined;
    loaded.read((bytes) => {
      try {
        session.onBatch?.(bytes);
      } catch (error) {
        failure ??= { error };
        end.because("output");
      }
      taking.take(bytes);
      releaseSoon();
      return sink.drained();
    });
    const started = performance.now();
    if (session.readyFile !== undefined) makeReadyFile(session.readyFile);
    command = session.command && startCommand(session.command);
    const commandEnd = command?.ended;
    void commandEnd?.then(() => setTimeout(() => end.because("command"), AFTER_COMMAND_MS));
    const tell: Tell = {
      losses: teller((cause, count) => presenter.lost({ cause, count })),
      cuts: teller((cause, count) => presenter.cut({ cause, count })),
    };
    const progress = () => ({
      events: taking.events,
      packets: taking.packets,
      seconds: Math.round(performance.now() - started) / 1000,
    });
    const besides = sessionHooks(hooks, progress, presenter, end.because);
    besides.start();
    const stopWatching = watch(session, loaded, taking, tell, end.because);
    const reason = await end.reason;
    stopWatching();
    besides.pause();
    command?.stop();
    const seconds = Math.round(performance.now() - started) / 1000;
    loaded.detach();
    await loaded.flush();
    taking.finish();
    const commandEnded = await Promise.race([commandEnd, after(COMMAND_PATIENCE_MS)]);
    const info: EndInfo = {
      ...account(session, loaded, taking, tell),
      seconds,
      reason,
      ...(commandEnded && { command: commandEnded }),
    };
    besides.finish();
    presenter.end(info);
    await sink.flush();
    if (failure) throw failure.error;
    return info;
  } finally {
    command?.stop();
    loaded.close();
  }
}

/** The first reason to end is the one. */
function ending(outside: Promise<EndReason>): {
  readonly because: (reason: EndReason) => void;
  readonly reason: Promise<EndReason>;
} {
  let because: (reason: EndReason) => void = () => {};
  const reason = new Promise<EndReason>((resolve) => {
    because = resolve;
  });
  void outside.then(because);
  return { because, reason };
}

/** Timers and looks at the counters while the trace runs; returns what ends them. */
function watch(
  session: Session,
  loaded: Loaded,
  taking: Intake,
  tell: Tell,
  end: (reason: EndReason) => void,
): () => void {
  const { queries } = session.compiled;
  const done = queries.map((_, query) => packetLimit(session, loaded, taking, query));
  const tick = setInterval(() => {
    const counts = readCounts(loaded.counters(), queries.length);
    tell.losses(losses(counts));
    taking.release(monotonic());
    tell.cuts(cuts(taking));
    if (done.some((isDone) => isDone(counts))) end("limit");
  }, TICK_MS);
  const times = [session.forNs, ...queries.map(({ checked }) => checked.forNs)].filter(
    (ns) => ns !== undefined,
  );
  const shortest = times.reduce<bigint | undefined>(
    (least, ns) => (least === undefined || ns < least ? ns : least),
    undefined,
  );
  const timer =
    shortest === undefined ? undefined : setLongTimeout(() => end("time"), Number(shortest) / 1e6);
  return () => {
    clearInterval(tick);
    timer?.();
  };
}

/** The records' clock: CLOCK_MONOTONIC, as bpf_ktime_get_ns gives it. */
const monotonic = (): number => Number(process.hrtime.bigint());

/** Looks again at what waits, for there may be no next batch. */
function releaser(taking: Intake): () => void {
  let due = false;
  const soon = (): void => {
    if (due || !taking.waiting) return;
    due = true;
    setTimeout(() => {
      due = false;
      taking.release(monotonic());
      soon();
    }, RELEASE_MS);
  };
  return soon;
}

const after = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms));

/** setTimeout takes 24.8 days at most. */
const LONGEST_MS = 2 ** 31 - 1;

function setLongTimeout(action: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer =
      left > LONGEST_MS ? setTimeout(() => wait(left - LONGEST_MS), LONGEST_MS) : setTimeout(action, left);
  };
  wait(ms);
  return () => clearTimeout(timer);
}

/** `limit N packets`: done when all N are selected and each of their journeys has ended or was quiet for a while. */
function packetLimit(
  session: Session,
  loaded: Loaded,
  taking: Intake,
  query: number,
): (counts: Counts) => boolean {
  const { limit, ending } = session.compiled.queries[query]!.checked;
  // The journeys that `ending` shows are counted as they are shown.
  if (limit?.unit !== "packets" || ending.length > 0) return () => false;
  let reached: number | undefined;
  return (counts) => {
    if (admitted(counts.queries[query]!) < limit.count) return false;
    const now = performance.now();
    reached ??= now;
    const quiet = now - Math.max(reached, taking.lastAt(query) ?? 0);
    return quiet > QUIET_MS || (quiet > UNDERWAY_MS && loaded.tracked().followed(query) === 0);
  };
}

function account(
  session: Session,
  loaded: Loaded,
  taking: Intake,
  tell: Tell,
): Pick<EndInfo, "events" | "packets" | "discarded" | "cut" | "lost" | "thinned"> {
  const counts = readCounts(loaded.counters(), session.compiled.queries.length);
  const lost = losses(counts, {
    tracked: loaded.tracked().entries,
    remembered: loaded.remembered(),
    missed: loaded.missed(),
    received: taking.received,
  });
  tell.losses(lost);
  tell.cuts(cuts(taking));
  return {
    events: taking.events,
    packets: taking.packets,
    discarded: taking.discarded,
    cut: Object.values(taking.cut).reduce((sum, count) => sum + count, 0),
    lost: [...lost.values()].reduce((sum, count) => sum + count, 0),
    thinned: summed(counts, "sampled_out") + summed(counts, "rate_limited"),
  };
}

function nothingAttached({ refused }: Attached): PwqError {
  const shown = refused.slice(0, 10).map(({ symbol, code }) => `${symbol}: ${code}`);
  return new PwqError([
    { code: "PWQ3011", severity: "error", message: "nothing could be attached", help: shown },
  ]);
}

function makeReadyFile(path: string): void {
  try {
    writeFileSync(path, "");
  } catch (error) {
    throw new PwqError([
      {
        code: "PWQ2017",
        severity: "error",
        message: `the ready file \`${path}\` cannot be written`,
        label: systemReason(error),
      },
    ]);
  }
}
