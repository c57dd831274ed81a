import type { AttachPlan } from "../compiler/compiled.ts";
import { CAUSES, CUTS, type Cut, type EndInfo, type Loss } from "../runtime/output/presenter.ts";
import type { Attached } from "../runtime/tracer.ts";
import { counted } from "./lines.ts";

/** What is said on standard error beside a trace; one line each. */

export function attachedNote(plan: AttachPlan, { count: all, refused, programs = 0 }: Attached): string {
  const count = all - programs;
  const tracepoints = plan.tracepoints.length;
  const functions = plan.kprobes.length - refused.length;
  const parts = [
    ...(functions > 0 ? [counted(functions, "function")] : []),
    ...(count > functions ? [counted(Math.min(tracepoints, count - functions), "tracepoint")] : []),
    ...(plan.programPoints.length > 0 ? [counted(programs, "BPF program")] : []),
  ];
  const how = functions > 0 ? ` (${plan.backend})` : "";
  return `attached to ${parts.join(" and ")}${how}; Ctrl-C ends the trace`;
}

export function lossNote({ cause, count }: Loss): string {
  const { unit, text } = CAUSES[cause];
  return `lost ${counted(count, unit)}: ${text}`;
}

export const cutNote = ({ cause, count }: Cut): string => `cut ${counted(count, "event")}: ${CUTS[cause]}`;

/** `12 events, 1 packet, lost 0 in 3.2 s`; `written` of these events, where not all could be. */
export function summary(
  { events, packets, discarded, cut, lost, thinned, seconds, command }: EndInfo,
  written = events,
): string {
  const parts = [
    written < events ? `${written} of ${counted(events, "event")} written` : counted(events, "event"),
    ...(packets > 0 || events === 0 ? [counted(packets, "packet")] : []),
    ...(discarded + cut > 0 ? [`discarded ${discarded}`, `cut ${cut}`] : []),
    `lost ${lost}`,
  ];
  const time = `${seconds.toFixed(1)} s`;
  const notes = [
    ...(thinned > 0 ? [`${counted(thinned, "packet")} left out by \`sample\` or \`rate\``] : []),
    ...(command ? [commandNote(command)] : []),
  ];
  return [`${parts.join(", ")} in ${time}`, ...notes].join("; ");
}

function commandNote({ status, signal }: NonNullable<EndInfo["command"]>): string {
  if (signal !== null) return `the command was ended by ${signal}`;
  return status === null ? "the command could not be started" : `the command exited with ${status}`;
}
