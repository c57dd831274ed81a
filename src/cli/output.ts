import { closeSync, openSync } from "node:fs";
import { type Finished, RotatingFile } from "../runtime/output/rotating-file.ts";
import type { Rotation, Sink, SinkEnd } from "../runtime/output/sink.ts";
import { systemReason } from "../runtime/system-error.ts";
import { fail } from "./call.ts";
import { counted } from "./lines.ts";
import type { Options } from "./options.ts";
import { STDOUT } from "./terminal.ts";

/** Where lines go: standard output, a file, or one file after the other. */
export interface Output {
  readonly fd: number;
  readonly rotation?: Rotation;
  /** To be called when nothing more is added. */
  close(sink: Sink): Promise<Closed>;
}

export interface Closed {
  /** PWQ2016, if not everything could be written. */
  readonly failure?: ReturnType<typeof fail>;
  /** What became of finished files, a line each. */
  readonly notes: readonly string[];
}

/** Throws PWQ2023 for options about files that are not made. */
export function checkOutput(options: Options): void {
  const { rotated, keeping } = rotationOf(options);
  const first = rotated ?? keeping;
  if (first && pathOf(options) === undefined) throw withoutFile(first);
  if (keeping && !rotated) throw nothingToKeep(keeping);
}

/** Opens what the options say, `-` being standard output; throws PWQ2011. */
export async function openOutput(options: Options): Promise<Output> {
  const path = pathOf(options);
  if (path === undefined) return { fd: STDOUT, close: (sink) => ended(sink, path) };
  return rotationOf(options).rotated ? openRotating(path, options) : openPlain(path);
}

const pathOf = ({ output }: Options): string | undefined => (output === "-" ? undefined : output);

function openPlain(path: string): Output {
  let fd: number;
  try {
    fd = openSync(path, "w");
  } catch (error) {
    throw unopened(path, systemReason(error));
  }
  return {
    fd,
    async close(sink) {
      const closed = await ended(sink, path);
      closeSync(fd);
      return closed;
    },
  };
}

async function openRotating(path: string, options: Options): Promise<Output> {
  const backups = options["output-backups"];
  const keep = options["output-keep"];
  const maxAge = options["output-max-age"];
  let file: RotatingFile;
  try {
    file = await RotatingFile.open(path, {
      gzip: options["output-gzip"] === true,
      ...(backups !== undefined && { backups }),
      ...(keep !== undefined && { keepMs: Number(keep) / 1e6 }),
    });
  } catch (error) {
    throw unopened(path, systemReason(error));
  }
  return {
    fd: file.fd,
    rotation: {
      maxBytes: options["output-max-size"] ?? Number.POSITIVE_INFINITY,
      maxAgeMs: maxAge === undefined ? Number.POSITIVE_INFINITY : Number(maxAge) / 1e6,
      next: () => file.next(),
    },
    async close(sink) {
      const { failure } = await ended(sink, path);
      const finished = await file.close();
      return { notes: finishedNotes(sink.files, finished), ...(failure && { failure }) };
    },
  };
}

async function ended(sink: Sink, path: string | undefined): Promise<Closed> {
  await sink.flush();
  return sink.ended?.kind === "failed"
    ? { notes: [], failure: writeFailed(sink.ended, path) }
    : { notes: [] };
}

function finishedNotes(files: number, { kept, removed, problems }: Finished): string[] {
  const range = kept.length > 1 ? `${kept[0]} to ${kept.at(-1)}` : (kept[0] ?? "none");
  const gone = removed === 0 ? "" : `, ${counted(removed, "older one")} removed`;
  return [`written to ${counted(files, "file")}; finished and kept: ${range}${gone}`, ...problems];
}

type OptionGiven = keyof Options & `output-${string}`;

/** The first option that asks for a new file now and then, and the first that is about finished ones. */
function rotationOf(options: Options): {
  readonly rotated: OptionGiven | undefined;
  readonly keeping: OptionGiven | undefined;
} {
  const given = (...names: OptionGiven[]) => names.find((name) => options[name] !== undefined);
  return {
    rotated: given("output-max-size", "output-max-age"),
    keeping: given("output-backups", "output-keep", "output-gzip"),
  };
}

const withoutFile = (option: OptionGiven) =>
  fail({
    code: "PWQ2023",
    message: `\`--${option}\` needs a file`,
    label: "add `--output FILE`",
  });

const nothingToKeep = (option: OptionGiven) =>
  fail({
    code: "PWQ2023",
    message: `\`--${option}\` is about finished files, and no file is ever finished`,
    label: "add `--output-max-size SIZE` or `--output-max-age TIME`",
  });

const unopened = (path: string, label: string) =>
  fail({ code: "PWQ2011", message: `\`${path}\` cannot be opened for writing`, label });

function writeFailed(
  end: Extract<SinkEnd, { kind: "failed" }>,
  path: string | undefined,
): ReturnType<typeof fail> {
  const where = path === undefined ? "standard output" : `\`${path}\``;
  return fail({ code: "PWQ2016", message: `${where} cannot be written`, label: systemReason(end) });
}
