import type { Backend } from "../compiler/facts.ts";
import { count, duration, file, fileSize, names, oneOf, size, text, type ValueKind } from "./values.ts";

/** The options of a call, by the name they have on the command line. */
export interface Options {
  readonly help?: true;
  readonly version?: true;
  readonly e?: string;
  readonly json?: true;
  readonly color?: "auto" | "always" | "never";
  readonly output?: string;
  /** Bytes. */
  readonly "output-max-size"?: number;
  /** Nanoseconds. */
  readonly "output-max-age"?: bigint;
  readonly "output-backups"?: number;
  /** Nanoseconds. */
  readonly "output-keep"?: bigint;
  readonly "output-gzip"?: true;
  readonly limit?: number;
  /** Nanoseconds. */
  readonly for?: bigint;
  readonly backend?: "auto" | Backend;
  readonly modules?: readonly string[];
  readonly "all-modules"?: true;
  readonly btf?: string;
  readonly "ready-file"?: string;
  readonly quiet?: true;
  readonly "follow-map"?: number;
  /** Bytes. */
  readonly buffer?: number;
  readonly record?: string;
  readonly "hold-events"?: number;
  /** Nanoseconds. */
  readonly "hold-time"?: bigint;
  /** Bytes. */
  readonly "hold-memory"?: number;
  readonly hook?: string;
  readonly names?: true;
  readonly yes?: true;
}

export type OptionName = keyof Options;

export interface Option<T> {
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: ValueKind<T>;
  readonly about: string;
}

/** Every option there is. `--help`, shell completion and the parser are made from this. */
export const OPTIONS: { readonly [K in OptionName]-?: Option<NonNullable<Options[K]>> } = {
  e: { short: "e", value: { ...text, label: "TEXT" }, about: "the program itself instead of a file" },
  json: { about: "one JSON object a line: start, event, lost, end (schema/events.schema.json)" },
  color: {
    value: oneOf("auto", "always", "never"),
    about: "colours; auto: on a terminal, unless NO_COLOR is set",
  },
  output: { short: "o", value: file, about: "write to this file instead of standard output" },
  "output-max-size": {
    value: fileSize,
    about: "go on in a new file before FILE gets larger; it becomes FILE.1, …",
  },
  "output-max-age": { value: duration, about: "go on in a new file when FILE has been written for so long" },
  "output-backups": {
    value: count,
    about: "keep so many finished files and remove older ones (default: all)",
  },
  "output-keep": { value: duration, about: "remove finished files older than this" },
  "output-gzip": { about: "compress finished files: FILE.1.gz, …" },
  limit: { value: count, about: "end after so many events" },
  for: { value: duration, about: "end after this time" },
  backend: {
    value: oneOf("auto", "kprobe-multi", "kprobe", "tracepoint"),
    about: "how to attach; auto: the best this kernel has",
  },
  modules: {
    value: names,
    about: "functions of these modules only, besides the kernel's own; `none`: of no module",
  },
  "all-modules": { about: "functions of all loaded modules, which is the default" },
  btf: { value: file, about: "kernel types from this BTF file instead of the running kernel" },
  "ready-file": { value: file, about: "make this file once everything is attached and the output is open" },
  quiet: { short: "q", about: "no notices and no summary on standard error" },
  "follow-map": { value: count, about: "packets that can be followed at a time (default 65536)" },
  buffer: { value: size, about: "ring buffer for events in the kernel (default 16MiB)" },
  "hold-events": { value: count, about: "events of a journey that `ending` holds (default 64)" },
  "hold-time": { value: duration, about: "how long `ending` holds a journey (default 5s)" },
  "hold-memory": { value: size, about: "memory for all that `ending` holds (default 64MiB)" },
  hook: { value: file, about: "TypeScript that sees the events, beside the program's own hooks" },
  record: { value: file, about: "also save the raw events for `pwq replay`" },
  yes: { about: "agree to what a package may do, which is shown before its first run" },
  names: { about: "only the names, one a line, as shells complete them" },
  help: { short: "h", about: "this text" },
  version: { short: "V", about: "the version of pwq" },
};

export const optionNames = Object.keys(OPTIONS) as readonly OptionName[];

/** As it is typed: `--limit`, `-e`. */
export function flag(name: OptionName): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
