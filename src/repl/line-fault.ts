import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../compiler/diagnostics/suggest.ts";
import { framesOf, SHOWN_FRAMES } from "../hooks/sandbox/failure.ts";
import type { Failure } from "../hooks/sandbox/sandbox.ts";
import type { Joined, Place } from "../hooks/source/joined.ts";
import { printable } from "../runtime/text.ts";

export interface Lines {
  /** Of a line's script, by its name. */
  readonly originOf: (script: string) => Joined | undefined;
  /** Where nothing better is known: the whole line. */
  readonly place: Place;
  /** What could have been meant. */
  readonly names: Iterable<string>;
}

/** The error of a line that gave no value, at its place in the line. */
export function lineFault(failure: Failure, { originOf, place, names }: Lines): Diagnostic {
  const { kind, name, message, stack, dead } = failure;
  const frames = framesOf(stack, originOf);
  const label = dead ? GONE : labelOf(message, names);
  const calls = frames.length > 1 ? frames.slice(0, SHOWN_FRAMES).map(({ text }) => text) : [];
  const text = printable(`${name === "" ? "" : `${name}: `}${message}`);
  return {
    code: kind === "threw" && !FLOOD.test(message) ? "PWQ5009" : "PWQ5010",
    severity: "error",
    message: kind === "threw" ? text || "the line threw an exception" : STOPPED[kind],
    at: frames[0]?.place ?? place,
    ...(label !== undefined && { label }),
    ...(calls.length > 0 && { help: calls }),
  };
}

const GONE = "the sandbox was given up with all that was declared; the next line begins anew";

const STOPPED = { time: "the line takes too long", memory: "the line needs too much memory" } as const;

/** As the sandbox's own helpers say it. */
const FLOOD = /^too much is printed/;

/** A name that does not exist, as QuickJS and the events tell it. */
const UNKNOWN = /^'?(?:`e\.)?[`']?([\w$.]+)['`]? is not (?:defined|captured)/;

function labelOf(message: string, names: Iterable<string>): string | undefined {
  const name = UNKNOWN.exec(message)?.[1];
  return name === undefined ? undefined : didYouMean(name, names);
}
