import { compile } from "../../compiler/compile.ts";
import type { Compiled } from "../../compiler/compiled.ts";
import type { PwqError } from "../../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../../compiler/facts.ts";
import type { CheckedProgram } from "../../compiler/typed.ts";
import { canStart } from "../../runtime/command.ts";
import { reasonType } from "../../runtime/decode/reason.ts";
import { modulesHaveReasons } from "../../runtime/kernel/btf-files.ts";
import { kernelNames, tellsCgroups } from "../../runtime/kernel/names.ts";
import { kernelTracer, ringSize } from "../../runtime/kernel-tracer.ts";
import type { EndReason, Presenter } from "../../runtime/output/presenter.ts";
import { Recorder, rememberNames } from "../../runtime/recording.ts";
import { runSession, type Session } from "../../runtime/session.ts";
import { onSignals } from "../../runtime/signals.ts";
import { type Attached, DEFAULT_SIZES, type Tracer } from "../../runtime/tracer.ts";
import { type Call, fail } from "../call.ts";
import { compileExplaining } from "../explaining.ts";
import { startHooks } from "../hooks.ts";
import {
  ahead,
  btfForRunning,
  kernelFacts,
  requireKernel,
  requirePrivileges,
  tracefsWarning,
} from "../machine.ts";
import { attachedNote, summary } from "../notes.ts";
import type { Options } from "../options.ts";
import { checkOutput, openOutput } from "../output.ts";
import { holdLimits, note, present } from "../present.ts";
import { checkedProgram, compileOptions, type GivenProgram, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { traceClock } from "../trace-clock.ts";
import { version } from "../version.ts";
import { refusedWarning } from "../warnings.ts";

/** `pwq run`, and `pwq 'trace …'`. Everything that can be wrong is found before anything is attached. */
export async function run(call: Call): Promise<number> {
  checkOutput(call.options);
  return runProgram(call, readProgram(call));
}

/** Runs a program that is not checked yet; `presenting` says how its events are shown. */
export async function runProgram(
  call: Call,
  program: GivenProgram,
  presenting: typeof present = present,
): Promise<number> {
  const { options, tail } = call;
  const begun = ahead(program.source.text, ringSize(sizesOf(options).buffer));
  if (tail && !canStart(tail[0]!)) throw notStartable(tail[0]!);
  const btf = btfForRunning(options.btf);
  const { checked, facts } = checkedProgram(program, () => kernelFacts(btf, begun?.read));
  report(checked.warnings, options.color);
  requirePrivileges(call.argv);
  requireKernel(facts);
  if (program.source.name.startsWith("@")) {
    const { requireConsent } = await import("../consent.ts");
    await requireConsent(call, program, facts);
  }
  const how = compileOptions(options);
  // Programs ask for `why`.
  const compiled = (options.json ? compile : compileExplaining)(checked, facts, how);
  const warning = tracefsWarning(compiled.plan);
  if (warning) report([warning], options.color);
  if (!options.quiet) for (const text of compiled.plan.notices) note(text);
  return trace(call, checked, compiled, facts, kernelTracer(begun?.ring), presenting);
}

/** From a compiled program to the end of its trace. */
export async function trace(
  call: Call,
  checked: CheckedProgram,
  compiled: Compiled,
  facts: KernelFacts,
  tracer: Tracer,
  presenting: typeof present = present,
): Promise<number> {
  const { options, tail } = call;
  const query = checked.source.text.trim();
  const programs = new Map<number, string>();
  const known = kernelNames(facts);
  if (tellsCgroups(compiled.queries)) known.watchCgroups();
  const { names, saved } = rememberNames({ ...known, program: (point) => programs.get(point) });
  const time = traceClock();
  const context = {
    points: compiled.plan.points,
    clock: time.clock,
    names,
    reasonType: reasonType(facts.btf, modulesHaveReasons() ? facts.modules() : []),
    later: known.later,
  };
  const recorder = options.record === undefined ? undefined : new Recorder(options.record);
  const output = await openOutput(options);
  const {
    batch,
    sink,
    presenter,
    aggregated,
    ended: unread,
  } = presenting(output, compiled.queries, context, options, checked.hooks !== undefined);
  const hooks = await startHooks(checked, { queries: compiled.queries, batch, context }, options);
  const rotating: Partial<Presenter> = output.rotation
    ? { end: (info) => presenter.end({ ...info, files: sink.files }) }
    : {};
  const recording: Partial<Presenter> = recorder
    ? {
        start(about) {
          const { points, reasonType: type } = context;
          recorder.head({ about, queries: compiled.queries, points, reasonType: type, ...time.reading() });
          presenter.start(about);
        },
      }
    : {};
  const interrupted = interruption();
  const session: Session = {
    compiled,
    tracer,
    sizes: sizesOf(options),
    hold: holdLimits(options),
    batch,
    presenter: { ...presenter, ...rotating, ...recording },
    sink,
    ...(hooks.running && { hooks: hooks.running }),
    about: { version, query, kernel: facts.release },
    onProgram(met) {
      if ("point" in met) programs.set(met.point, met.name);
      else if (!options.quiet) note(`program ${met.name} is not looked at: ${met.reason}`);
    },
    onAttached: (attached) => {
      interrupted.listen();
      tellAttached(compiled, attached, options);
    },
    ended: Promise.race([interrupted.asked, unread]),
    ...(recorder && { onBatch: (bytes: Uint8Array) => recorder.batch(bytes) }),
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.for !== undefined && { forNs: options.for }),
    ...(options["ready-file"] !== undefined && { readyFile: options["ready-file"] }),
    ...(tail && { command: tail as readonly [string, ...string[]] }),
  };
  try {
    const end = await runSession(session);
    recorder?.close(saved, end);
    const { failure, notes } = await output.close(sink);
    if (!options.quiet && sink.ended?.kind !== "gone") {
      note(summary(end, sink.eventsWritten + aggregated()));
      for (const text of notes) note(text);
    }
    if (failure) throw failure;
    return hooks.failed() ? STATUS.failed : STATUS.done;
  } finally {
    time.stop();
    known.close();
    interrupted.release();
  }
}

const sizesOf = (options: Options): Session["sizes"] => ({
  followMap: options["follow-map"] ?? DEFAULT_SIZES.followMap,
  buffer: options.buffer ?? DEFAULT_SIZES.buffer,
});

/**
 * `asked` is told of a signal once `listen` was called. Before, while everything is being attached, which this thread
 * waits for, a signal ends the process at once.
 */
function interruption() {
  let tell = (_: EndReason): void => {};
  let release = (): void => {};
  const asked = new Promise<EndReason>((resolve) => {
    tell = resolve;
  });
  return {
    asked,
    listen: () => {
      release = onSignals(() => tell("signal"));
    },
    release: () => release(),
  };
}

function tellAttached(compiled: Compiled, attached: Attached, options: Options): void {
  if (attached.refused.length > 0) report([refusedWarning(attached.refused)], options.color);
  if (!options.quiet) note(attachedNote(compiled.plan, attached));
}

const notStartable = (command: string): PwqError =>
  fail({
    code: "PWQ2010",
    message: `\`${command}\` cannot be started`,
    label: command.includes(" ")
      ? "a command and its arguments are words of their own; for a line of shell use `-- sh -c '…'`"
      : "there is no such program in PATH",
  });
