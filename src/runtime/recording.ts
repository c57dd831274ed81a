import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { AttachPlan, CompiledQuery } from "../compiler/compiled.ts";
import { type Diagnostic, PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { Type } from "../compiler/types.ts";
import { type Names, NO_NAMES, type SymbolPlace } from "./decode/context.ts";
import type { EndInfo, StartInfo } from "./output/presenter.ts";
import { systemReason } from "./system-error.ts";

/**
 * A trace on disk: what is needed to show it again, anywhere and without root. A text line that names the format, a
 * line of JSON (`RecordingHead`), then chunks: length and kind as u32 little-endian, and the bytes. The last chunk says
 * how it ended and which names the numbers in the records had; a recording that was cut short shows the numbers.
 */
const MAGIC = "pwq recording 1\n";
const KIND = { batch: 1, tail: 2 } as const;
const CHUNK_HEAD = 8;

export interface RecordingHead {
  readonly about: StartInfo;
  readonly queries: readonly CompiledQuery[];
  readonly points: AttachPlan["points"];
  readonly reasonType: Type;
  /** Both clocks at one moment of the trace. */
  readonly monotonic: bigint;
  readonly wall: bigint;
}

export interface Recording {
  readonly head: RecordingHead;
  readonly names: Names;
  readonly batches: readonly Uint8Array[];
  /** Absent: the recording was cut short. */
  readonly end?: EndInfo;
}

interface Tail {
  readonly end: EndInfo;
  readonly names: SavedNames;
}

/** Names by number as text, as they are saved. */
interface SavedNames {
  readonly symbols: Record<string, SymbolPlace>;
  readonly netns: Record<string, string>;
  readonly cgroups: Record<string, string>;
  readonly containers: Record<string, string>;
  readonly programs: Record<string, string>;
}

/** Passes names through, and remembers those that were there. */
export function rememberNames(names: Names): { readonly names: Names; readonly saved: SavedNames } {
  const saved: SavedNames = { symbols: {}, netns: {}, cgroups: {}, containers: {}, programs: {} };
  const keep = <K extends string, V>(
    store: Record<string, V>,
    key: K,
    value: V | undefined,
  ): V | undefined => {
    if (value !== undefined) store[key] = value;
    return value;
  };
  return {
    saved,
    names: {
      symbol: (address) => keep(saved.symbols, String(address), names.symbol(address)),
      netns: (inode) => keep(saved.netns, String(inode), names.netns(inode)),
      program: (point) => keep(saved.programs, String(point), names.program?.(point)),
      cgroup: (id) => keep(saved.cgroups, String(id), names.cgroup(id)),
      container: (id) => keep(saved.containers, String(id), names.container(id)),
    },
  };
}

/** Writes a recording as the trace goes on. All throw PwqError (PWQ2011, PWQ2016). */
export class Recorder {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, "w");
    } catch (error) {
      throw failed("PWQ2011", `\`${path}\` cannot be opened for writing`, systemReason(error));
    }
  }

  head(head: RecordingHead): void {
    this.#write(Buffer.from(`${MAGIC}${JSON.stringify(head, toJson)}\n`));
  }

  batch(bytes: Uint8Array): void {
    this.#chunk(KIND.batch, bytes);
  }

  close(names: SavedNames, end: EndInfo): void {
    this.#chunk(KIND.tail, Buffer.from(JSON.stringify({ end, names } satisfies Tail)));
    closeSync(this.#fd);
  }

  #chunk(kind: number, bytes: Uint8Array): void {
    const head = Buffer.alloc(CHUNK_HEAD);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(kind, 4);
    this.#write(head);
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw failed("PWQ2016", `\`${this.#path}\` cannot be written`, systemReason(error));
    }
  }
}

/** Throws PwqError (PWQ2019) if it is none. */
export function readRecording(path: string): Recording {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw failed(
      "PWQ2019",
      `\`${path}\` cannot be read`,
      code === "ENOENT" ? "it is not there" : systemReason(error),
    );
  }
  const headEnd = bytes.indexOf("\n", MAGIC.length);
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC || headEnd === -1) {
    throw failed("PWQ2019", `\`${path}\` is not a recording of this version of pwq`);
  }
  const head: RecordingHead = JSON.parse(bytes.toString("utf8", MAGIC.length, headEnd), fromJson);
  const batches: Uint8Array[] = [];
  let tail: Tail | undefined;
  for (const { kind, content } of chunks(bytes, headEnd + 1)) {
    if (kind === KIND.tail) tail = JSON.parse(content.toString());
    else if (kind === KIND.batch) batches.push(new Uint8Array(content));
  }
  return { head, batches, names: tail ? savedNames(tail.names) : NO_NAMES, ...(tail && { end: tail.end }) };
}

function* chunks(
  bytes: Buffer,
  from: number,
): Generator<{ readonly kind: number; readonly content: Buffer }> {
  let at = from;
  while (at + CHUNK_HEAD <= bytes.length) {
    const end = at + CHUNK_HEAD + bytes.readUInt32LE(at);
    if (end > bytes.length) return;
    yield { kind: bytes.readUInt32LE(at + 4), content: bytes.subarray(at + CHUNK_HEAD, end) };
    at = end;
  }
}

function savedNames({ symbols, netns, cgroups, containers = {}, programs }: SavedNames): Names {
  return {
    symbol: (address) => symbols[String(address)],
    program: (point) => programs[String(point)],
    netns: (inode) => netns[String(inode)],
    cgroup: (id) => cgroups[String(id)],
    container: (id) => containers[String(id)],
  };
}

/** JSON has no bigints, maps and sets: they become objects with one key that no value of ours has. */
function toJson(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  return value;
}

function fromJson(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bigint" in value) return BigInt(String(value.$bigint));
  if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
  if ("$set" in value) return new Set(value.$set as unknown[]);
  return value;
}

const failed = (code: Diagnostic["code"], message: string, label?: string): PwqError =>
  new PwqError([{ code, severity: "error", message, ...(label !== undefined && { label }) }]);
