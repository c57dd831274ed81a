import { cutNote, lossNote, summary } from "../cli/notes.ts";
import type { Options } from "../cli/options.ts";
import { holdLimits } from "../cli/present.ts";
import { traceClock } from "../cli/trace-clock.ts";
import { version } from "../cli/version.ts";
import type { Compiled } from "../compiler/compiled.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import type { HookProgram } from "../hooks/program.ts";
import type { Hooks, HooksOptions } from "../hooks/run/hooks.ts";
import { Batch } from "../runtime/decode/batch.ts";
import type { DecodeContext } from "../runtime/decode/context.ts";
import { head } from "../runtime/decode/head.ts";
import { reasonType } from "../runtime/decode/reason.ts";
import { modulesHaveReasons } from "../runtime/kernel/btf-files.ts";
import { kernelNames, tellsCgroups } from "../runtime/kernel/names.ts";
import type { EndReason, Presenter } from "../runtime/output/presenter.ts";
import { runSession, type Session } from "../runtime/session.ts";
import { type Attached, DEFAULT_SIZES, type Sizes, type Tracer } from "../runtime/tracer.ts";
import { type LastRun, lastRun } from "./last-run.ts";
import { eventTable, type Surface } from "./table.ts";

export interface Running {
  readonly run: LastRun;
  /** Resolves when nothing more comes; rejects with what ended the trace if that was a fault. */
  readonly over: Promise<void>;
  /** Asks for the end. */
  end(): void;
  /** `state` of its hooks as JSON; undefined: it has none, or they can tell it no more. */
  readonly state: string | undefined;
}

export interface TraceOptions {
  readonly entry: string;
  readonly compiled: Compiled;
  readonly hooks: HookProgram | undefined;
  readonly facts: KernelFacts;
  readonly options: Options;
  readonly tracer: Tracer;
  readonly onAttached: (attached: Attached) => void;
  /** Told of a hook that was switched off. */
  readonly onFault: (fault: Diagnostic) => void;
  /** What `state` of the hooks is at first, as JSON. */
  readonly state: string;
}

/** Attaches at once; events then come above the prompt until the trace ends. */
export function startTrace(
  { entry, compiled, hooks, facts, options, tracer, onAttached, onFault, state }: TraceOptions,
  surface: Surface,
): Running {
  const time = traceClock();
  const programs = new Map<number, string>();
  const names = kernelNames(facts);
  if (tellsCgroups(compiled.queries)) names.watchCgroups();
  const context: DecodeContext = {
    points: compiled.plan.points,
    clock: time.clock,
    names: { ...names, program: (point) => programs.get(point) },
    reasonType: reasonType(facts.btf, modulesHaveReasons() ? facts.modules() : []),
    later: names.later,
  };
  const run = lastRun(entry, compiled.queries, context);
  const batch = new Batch();
  const { sink, presenter } = eventTable(run, batch, surface);
  let end: (reason: EndReason) => void = () => {};
  const ended = new Promise<EndReason>((resolve) => {
    end = resolve;
  });
  const session: Session = {
    compiled,
    tracer,
    sizes: sizesOf(options),
    hold: holdLimits(options),
    batch,
    presenter: keepingPresenter(withNotes(presenter, surface), batch, run),
    sink,
    about: { version, query: entry, kernel: facts.release },
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.for !== undefined && { forNs: options.for }),
    onProgram(met) {
      if ("point" in met) programs.set(met.point, met.name);
      else note(surface, `program ${met.name} is not looked at: ${met.reason}`);
    },
    onAttached,
    ended,
  };
  let running: Hooks | undefined;
  const over = (
    hooks
      ? startHooks(hooks, { queries: compiled.queries, batch, context, onFault, state }).then((started) => {
          running = started;
          return runSession({ ...session, hooks: started });
        })
      : runSession(session)
  )
    .then((info) => {
      run.end = info;
      note(surface, summary(info, sink.eventsWritten));
    })
    .finally(() => {
      time.stop();
      // Names that are not known by now are asked for no more; those that are stay with the events.
      names.close();
    });
  return {
    run,
    over,
    end: () => end("signal"),
    get state() {
      return running?.state;
    },
  };
}

export const sizesOf = ({ buffer, "follow-map": followMap }: Options): Sizes => ({
  followMap: followMap ?? DEFAULT_SIZES.followMap,
  buffer: buffer ?? DEFAULT_SIZES.buffer,
});

/** Without hooks nothing of what they need is loaded. */
async function startHooks(program: HookProgram, options: HooksOptions): Promise<Hooks> {
  const { Hooks } = await import("../hooks/run/hooks.ts");
  return Hooks.start(program, options);
}

/** In JSON a loss is a line among the events; here it would tear the table. */
function withNotes(table: Presenter, surface: Surface): Presenter {
  return {
    ...table,
    lost: (loss) => note(surface, lossNote(loss)),
    cut(cut) {
      if (cut.packet === undefined) note(surface, cutNote(cut));
      else table.cut(cut);
    },
  };
}

/** The same, and every event is kept for later questions. */
function keepingPresenter(presenter: Presenter, batch: Batch, { store }: LastRun): Presenter {
  const { size } = head(batch);
  return {
    ...presenter,
    event(query, at) {
      presenter.event(query, at);
      store.add(batch.u8.subarray(at, at + size(at)));
    },
  };
}

export const note = ({ print }: Pick<Surface, "print">, text: string): void => print(`pwq: ${text}\n`);
