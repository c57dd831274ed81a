import { chmodSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parse } from "../../grammar/index.ts";
import { fail } from "../cli/call.ts";
import { quote } from "../cli/quote.ts";
import { systemReason } from "../runtime/system-error.ts";
import { inReadingOrder, type Kept } from "./kept.ts";
import type { Settings } from "./settings.ts";

/** Options that a script cannot say itself, as they are given to `pwq run`. */
const TOLD = [
  "backend",
  "modules",
  "limit",
  "for",
  "follow-map",
  "buffer",
  "hold-events",
  "hold-time",
  "hold-memory",
] as const;

export interface Saved {
  readonly kept: readonly Kept[];
  /** The last query, with the columns it was shown with; absent: definitions alone are saved. */
  readonly query?: string;
  readonly settings: Settings;
}

/** The script that does again what was done at the prompt. `file`: where it will be; paths of `use` begin there. */
export function scriptText({ kept, query, settings }: Saved, file: string, folder = process.cwd()): string {
  const params = [...settings.params].map(([name, value]) => quote(`${name}=${value}`));
  const options = TOLD.flatMap((name) => {
    const value = settings.options[name];
    if (value === undefined) return [];
    const text =
      typeof value === "bigint"
        ? `${value}ns`
        : Array.isArray(value)
          ? value.join(",") || "none"
          : String(value);
    return [`--${name}`, quote(text)];
  });
  const told = [...params, ...options];
  const call = told.length === 0 ? [] : [`# As it was run: pwq run ${quote(file)} ${told.join(" ")}`];
  const statements = inReadingOrder(kept).map(({ text }) =>
    moved(text, dirname(resolve(folder, file)), folder),
  );
  return `${["#!/usr/bin/env -S pwq run", ...call, "", ...statements, ...(query === undefined ? [] : [query])].join("\n")}\n`;
}

/** Writes a new file that can be executed; throws PWQ5003, also if there is one already. */
export function saveScript(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o644 });
    chmodSync(file, 0o755);
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw fail({
      code: "PWQ5003",
      message: `\`${file}\` cannot be written`,
      label: exists ? "it is there already; nothing is overwritten" : systemReason(error),
    });
  }
}

/** A text whose `use "./x.pwq"` are about files beside `file`, as it has to be written in the current folder. */
export const movedUses = (text: string, file: string, folder = process.cwd()): string =>
  moved(text, folder, dirname(resolve(folder, file)));

/** Paths of `use` that begin in one folder, made to begin in another. */
function moved(text: string, to: string, from: string): string {
  let result = "";
  let done = 0;
  for (const statement of parse(text).program.statements) {
    if (statement.kind !== "Use") continue;
    const { value, span } = statement.path;
    if (value.startsWith("@") || isAbsolute(value)) continue;
    const path = relative(to, join(from, value));
    result += text.slice(done, span.start) + JSON.stringify(path.startsWith("../") ? path : `./${path}`);
    done = span.end;
  }
  return result + text.slice(done);
}
