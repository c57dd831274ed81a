import type { Answer } from "../guest/runner.ts";

/** What hooks say, in the order in which they say it. */
export type Said =
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "report"; readonly text: string; readonly severity: Severity; readonly hint?: string }
  | { readonly kind: "row"; readonly row: Readonly<Record<string, unknown>> };

export type Severity = "info" | "warning" | "error";

/** A hook that failed, as the runner tells it. */
export interface Failed {
  readonly kind: "threw" | "flood";
  readonly hook: number;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export interface Told {
  /** The row at which the run ended. */
  readonly at: number;
  readonly stopped: boolean;
  /** Index of the hook that was running, if one was. */
  readonly running: number;
  readonly dropped: ReadonlySet<number>;
  /** With the row that each belongs to. */
  readonly said: readonly (readonly [row: number, said: Said])[];
  readonly failed: readonly Failed[];
}

export const NOTHING: Told = { at: 0, stopped: false, running: -1, dropped: new Set(), said: [], failed: [] };

/**
 * Reads the runner's answer. Code in the sandbox could have changed what the runner is made of, so nothing in it is
 * taken for granted: what has not the form of an answer is left out.
 */
export function readAnswer(text: string): Told {
  if (text === "") return NOTHING;
  const answer = parsed(text);
  if (!Array.isArray(answer)) return NOTHING;
  const [at, stopped, running, dropped, said] = answer as unknown as Partial<Answer>;
  const entries = (Array.isArray(said) ? said : []).filter((entry): entry is unknown[] =>
    Array.isArray(entry),
  );
  return {
    at: whole(at, 0),
    stopped: stopped === true,
    running: whole(running, -1),
    dropped: new Set((Array.isArray(dropped) ? dropped : []).filter(Number.isInteger)),
    said: entries.flatMap((entry): (readonly [number, Said])[] => {
      const one = saidOf(entry);
      return one ? [[whole(entry[0], 0), one]] : [];
    }),
    failed: entries.flatMap((entry) => failedOf(entry) ?? []),
  };
}

/** What was said, of a list as it is in an answer. */
export const readSaid = (entries: unknown): readonly Said[] =>
  (Array.isArray(entries) ? entries : []).flatMap((entry) =>
    Array.isArray(entry) ? (saidOf(entry) ?? []) : [],
  );

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const whole = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isInteger(value) ? value : otherwise;

function saidOf([, kind, text, ...rest]: readonly unknown[]): Said | undefined {
  if (typeof text !== "string") return undefined;
  switch (kind) {
    case "print":
      return { kind, text };
    case "report": {
      const [severity, hint] = rest;
      if (severity !== "info" && severity !== "warning" && severity !== "error") return undefined;
      return { kind, text, severity, ...(typeof hint === "string" && { hint }) };
    }
    case "row": {
      const row = parsed(text);
      const isRow = typeof row === "object" && row !== null && !Array.isArray(row);
      return isRow ? { kind, row: row as Record<string, unknown> } : undefined;
    }
    default:
      return undefined;
  }
}

function failedOf([, kind, hook, name, message, stack]: readonly unknown[]): Failed | undefined {
  if (kind !== "fail" && kind !== "flood") return undefined;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return {
    kind: kind === "fail" ? "threw" : "flood",
    hook: whole(hook, -1),
    name: text(name),
    message: text(message),
    stack: text(stack),
  };
}
