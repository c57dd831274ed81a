import type { Code } from "../../compiler/diagnostics/codes.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { printable } from "../../runtime/text.ts";
import type { Hook, HookProgram } from "../program.ts";
import type { Joined, Place } from "../source/joined.ts";

/** The name that the hooks' code has in the sandbox, by which its frames are known. */
export const SCRIPT = "<hooks>";

export interface Fault {
  readonly kind: "threw" | "time" | "memory" | "flood";
  /** Absent: outside of all hooks. */
  readonly hook?: Hook;
  readonly name: string;
  readonly message: string;
  /** As QuickJS tells it. */
  readonly stack: string;
  /** All hooks are gone with it. */
  readonly dead: boolean;
  /** It was not yet a hook that ran, but the code around them. */
  readonly loading?: true;
}

const CODES: Readonly<Record<Fault["kind"], Code>> = {
  threw: "PWQ4001",
  time: "PWQ4002",
  memory: "PWQ4003",
  flood: "PWQ4004",
};

export const SHOWN_FRAMES = 8;

/** One error for a hook that is switched off, at the place where it was, with the TypeScript's stack below. */
export function faultDiagnostic(given: Fault, { origin, hooks }: HookProgram): Diagnostic {
  const frames = framesOf(given.stack, (name) => (name === SCRIPT ? origin : undefined));
  const fault = given.hook ? given : { ...given, ...hookAt(frames.at(-1)?.offset, hooks) };
  const at = frames[0]?.place ?? fault.hook?.place;
  const lines = frames.slice(0, SHOWN_FRAMES).map(({ text }) => text);
  return {
    code: CODES[fault.kind],
    severity: "error",
    message: messageOf(fault),
    label: fault.loading
      ? "nothing was attached"
      : fault.dead
        ? "all hooks are switched off; the trace goes on"
        : "it is switched off; the trace goes on",
    ...(at && { at }),
    ...(lines.length > 0 && { help: lines }),
  };
}

/** Of a sandbox that tells no more which hook it ran: the one around the outermost call. */
function hookAt(offset: number | undefined, hooks: readonly Hook[]): { readonly hook?: Hook } {
  const hook =
    offset === undefined ? undefined : hooks.find(({ start, end }) => start <= offset && offset < end);
  return hook ? { hook } : {};
}

function messageOf({ kind, hook, name, message, loading }: Fault): string {
  const what = hook ? `\`on ${hook.event}\`` : loading ? "the code around the hooks" : "a hook";
  switch (kind) {
    case "threw": {
      const text = printable(`${name === "" ? "" : `${name}: `}${message}`);
      return `${what} threw ${text === "" ? "an exception" : text}`;
    }
    case "time":
      return `${what} takes too long`;
    case "memory":
      return `${what} needs too much memory`;
    case "flood":
      return `${what} prints too much at once`;
  }
}

export interface Frame {
  readonly text: string;
  readonly place: Place;
  readonly offset: number;
}

/** Frames of the user's code, innermost first; `    at name (<hooks>:3:16)`. `originOf`: of a script, by its name. */
export function framesOf(stack: string, originOf: (script: string) => Joined | undefined): readonly Frame[] {
  return stack.split("\n").flatMap((line): Frame[] => {
    const match = /^\s*at (.*?) ?\(?(<[^<>]+>):(\d+):(\d+)\)?$/.exec(line);
    const origin = match && originOf(match[2]!);
    if (!origin) return [];
    const start = origin.offset(Number(match[3]), Number(match[4]));
    const place = origin.place(start, start + wordLength(origin.text, start));
    if (!place) return [];
    const name = match[1]!;
    const where = position(place);
    const text = name === "" || name.startsWith("<") ? `at ${where}` : `at ${name} (${where})`;
    return [{ place, offset: start, text: printable(text) }];
  });
}

const wordLength = (text: string, start: number): number =>
  Math.max(1, /^\.?[\w$]*/.exec(text.slice(start, start + 100))![0].length);

function position({ source, span }: Place): string {
  const before = source.text.slice(0, span.start).split("\n");
  return `${source.name}:${before.length}:${before.at(-1)!.length + 1}`;
}
