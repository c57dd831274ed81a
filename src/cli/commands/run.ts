import { compile } from "../../compiler/compile.ts";
import type { Compiled } from "../../compiler/compiled.ts";
import type { PwqError } from "../../compiler/diagnostics/diagnostic.ts";
import { resettableClock } from "../../runtime/clock.ts";
import { canStart } from "../../runtime/command.ts";
import type { DecodeContext } from "../../runtime/decode/context.ts";
import { reasonType } from "../../runtime/decode/reason.ts";
import { kernelNames } from "../../runtime/kernel/names.ts";
import { WallClock } from "../../runtime/kernel/wall-clock.ts";
import { kernelTracer } from "../../runtime/kernel-tracer.ts";
import type { EndReason } from "../../runtime/output/presenter.ts";
import { runSession, type Session } from "../../runtime/session.ts";
import { onSignals } from "../../runtime/signals.ts";
import { type Attached, DEFAULT_SIZES } from "../../runtime/tracer.ts";
import { type Call, fail } from "../call.ts";
import { btfForRunning, kernelFacts, requirePrivileges } from "../machine.ts";
import { attachedNote, summary } from "../notes.ts";
import { closeOutput, note, openOutput, present } from "../present.ts";
import { checkedProgram, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { version } from "../version.ts";

/** Wall-clock steps are looked for this often. */
const CLOCK_MS = 1000;

/** `pwq run`, and `pwq 'trace …'`. */
export async function run(call: Call): Promise<number> {
  const { options } = call;
  const program = readProgram(call);
  if (call.tail && !canStart(call.tail[0]!)) throw notStartable(call.tail[0]!);
  const btf = btfForRunning(options.btf);
  const { checked, facts } = checkedProgram(program, () => kernelFacts(btf));
  report(checked.warnings, options.color);
  if (checked.queries.length === 0)
    throw fail({ code: "PWQ2021", message: "the program has no `trace` statement" });
  requirePrivileges(call.argv);
  const compiled = compile(checked, facts, { backend: options.backend ?? "auto" });
  if (!options.quiet) for (const text of compiled.plan.notices) note(text);

  const wall = new WallClock();
  const clock = resettableClock(wall.reading);
  const clockTimer = setInterval(() => {
    if (wall.refresh()) clock.reset(wall.reading);
  }, CLOCK_MS);
  const context: DecodeContext = {
    points: compiled.plan.points,
    clock,
    names: kernelNames(facts),
    reasonType: reasonType(facts.btf),
  };
  const fd = openOutput(options.output);
  const { batch, sink, presenter, ended: unread } = present(fd, compiled.queries, context, options);
  let interrupt: (reason: EndReason) => void = () => {};
  const interrupted = new Promise<EndReason>((resolve) => {
    interrupt = resolve;
  });
  const release = onSignals(() => interrupt("signal"));
  try {
    const session: Session = {
      compiled,
      tracer: kernelTracer,
      sizes: {
        followMap: options["follow-map"] ?? DEFAULT_SIZES.followMap,
        buffer: options.buffer ?? DEFAULT_SIZES.buffer,
      },
      batch,
      presenter,
      sink,
      about: { version, query: program.source.text.trim(), kernel: facts.release },
      onAttached: (attached) => tellAttached(compiled, attached, call),
      ended: Promise.race([interrupted, unread]),
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(options.for !== undefined && { forNs: options.for }),
      ...(options["ready-file"] !== undefined && { readyFile: options["ready-file"] }),
      ...(call.tail && { command: call.tail as readonly [string, ...string[]] }),
    };
    const end = await runSession(session);
    const failure = await closeOutput(fd, sink, options.output);
    if (!options.quiet && sink.ended?.kind !== "gone") note(summary(end));
    if (failure) throw failure;
    return STATUS.done;
  } finally {
    clearInterval(clockTimer);
    release();
  }
}

function tellAttached(compiled: Compiled, attached: Attached, { options }: Call): void {
  const { refused } = attached;
  if (refused.length > 0) {
    const few = refused.slice(0, 5).map(({ symbol, code }) => `${symbol} (${code})`);
    const more = refused.length > few.length ? `, and ${refused.length - few.length} more` : "";
    report(
      [
        {
          code: "PWQ3015",
          severity: "warning",
          message: `the kernel refused probes on ${refused.length} functions; the trace goes on without them`,
          help: [`${few.join(", ")}${more}`],
        },
      ],
      options.color,
    );
  }
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
