import { fstatSync, ftruncate, write } from "node:fs";
import { promisify } from "node:util";

const writeFd = promisify(write);
const truncateFd = promisify(ftruncate);

/** Lines are handed to the system in pieces of this size: few calls, and each still fits a pipe. */
const CHUNK = 64 * 1024;
/** With more than this waiting for a slow reader, `drained` makes the source wait too. */
const HIGH_WATER = 4 * 1024 * 1024;
/** Wait before the next try when a non-blocking descriptor is full. */
const RETRY_MS = 5;

/** Why nothing more is written: the reader has gone, which is its right, or the system gave an error. */
export type SinkEnd =
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/**
 * Encoded lines. Strings would be fewer steps, but a growing string is a tree that the garbage collector copies again
 * and again: bytes are three times as fast.
 */
interface Chunk {
  readonly bytes: Buffer;
  length: number;
  /** Where each event ends. */
  readonly ends: number[];
  /** It begins a new file. */
  readonly newFile: boolean;
}

/** When lines go on in a new file, and how to get it. */
export interface Rotation {
  /** A file is finished before an event that would make it larger. */
  readonly maxBytes: number;
  /** Or at the first event after so many milliseconds. */
  readonly maxAgeMs: number;
  /** Finishes the file; resolves to the descriptor of the next, or rejects with what the system says. */
  readonly next: () => Promise<number>;
}

/** Takes some of the bytes, as write(2) does; rejects with what the system says. */
export type Write = (
  bytes: Uint8Array,
  from: number,
  length: number,
) => Promise<{ readonly bytesWritten: number }>;

/**
 * Lines on their way to a file descriptor. Writing goes on in the background, one chunk at a time, so that a slow
 * reader never blocks the event loop (and with it Ctrl-C). Knows exactly how many events are out.
 */
export class Sink {
  /** Writes what each file after the first begins with; `file` counts from 1. */
  heading: (file: number) => void = () => {};
  #fd: number;
  readonly #write: Write;
  readonly #onEnd: (end: SinkEnd) => void;
  readonly #rotation: Rotation | undefined;
  /** Of the current file: bytes until it is full, when it began, and whether it has an event yet. */
  #room: number;
  #began = performance.now();
  #empty = true;
  #files = 1;
  #chunk: Chunk = newChunk(CHUNK);
  #queue: Chunk[] = [];
  #queued = 0;
  #writing = false;
  #scheduled = false;
  #end: SinkEnd | undefined;
  #written = 0;
  #waiting: (() => void)[] = [];

  /**
   * `onEnd` is called once, when nothing more can be written. `write`: instead of to the descriptor itself, for one that
   * is shared with somebody else.
   */
  constructor(fd: number, onEnd: (end: SinkEnd) => void, rotation?: Rotation, write?: Write) {
    this.#fd = fd;
    this.#write = write ?? ((bytes, from, length) => writeFd(this.#fd, bytes, from, length, null));
    this.#onEnd = onEnd;
    this.#rotation = rotation;
    this.#room = rotation?.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Files that were begun: what is added now goes to the last of them. */
  get files(): number {
    return this.#files;
  }

  /** Events that the system has taken whole. */
  get eventsWritten(): number {
    return this.#written;
  }

  get ended(): SinkEnd | undefined {
    return this.#end;
  }

  /** Adds the lines of one event. */
  event(lines: string): void {
    if (this.#rotation && this.#isDue(this.#rotation, lines)) this.#beginFile(this.#rotation);
    this.#empty = false;
    this.#add(lines);
    this.#chunk.ends.push(this.#chunk.length);
  }

  /** Adds lines that are no event: a header, a count of what was lost. */
  line(lines: string): void {
    this.#add(lines);
  }

  /** Resolves once little enough waits to be written for more to be added; undefined: go on at once. */
  drained(): Promise<void> | undefined {
    if (this.#queued < HIGH_WATER || this.#end) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when all that was added is written, or nothing more can be. */
  async flush(): Promise<void> {
    this.#cut();
    while ((this.#writing || this.#queue.length > 0) && !this.#end) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #isDue({ maxAgeMs }: Rotation, lines: string): boolean {
    if (this.#empty) return false;
    // The bytes are counted only where their number could matter.
    if (lines.length * 3 > this.#room && Buffer.byteLength(lines) > this.#room) return true;
    return maxAgeMs !== Number.POSITIVE_INFINITY && performance.now() - this.#began > maxAgeMs;
  }

  #beginFile({ maxBytes }: Rotation): void {
    this.#cut();
    this.#chunk = newChunk(CHUNK, true);
    this.#room = maxBytes;
    this.#began = performance.now();
    this.#empty = true;
    this.#files++;
    this.heading(this.#files);
  }

  #add(lines: string): void {
    // No UTF-16 code unit takes more than three bytes of UTF-8.
    const most = lines.length * 3;
    if (this.#chunk.length + most > this.#chunk.bytes.length) {
      this.#cut();
      if (most > CHUNK) this.#chunk = newChunk(most, this.#chunk.newFile);
    }
    const chunk = this.#chunk;
    const written = chunk.bytes.write(lines, chunk.length);
    chunk.length += written;
    this.#room -= written;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#cut();
    });
  }

  #cut(): void {
    if (this.#chunk.length === 0) return;
    if (!this.#end) {
      this.#queue.push(this.#chunk);
      this.#queued += this.#chunk.length;
    }
    this.#chunk = newChunk(CHUNK);
    if (!this.#writing && !this.#end) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    let chunk = this.#queue.shift();
    while (chunk && !this.#end) {
      if (!chunk.newFile || (await this.#takeNextFile())) await this.#writeChunk(chunk);
      this.#queued -= chunk.length;
      if (this.#queued < HIGH_WATER / 2) this.#wake();
      chunk = this.#queue.shift();
    }
    this.#writing = false;
    this.#wake();
  }

  async #takeNextFile(): Promise<boolean> {
    try {
      this.#fd = await this.#rotation!.next();
      return true;
    } catch (error) {
      this.#stop(failed(error));
      return false;
    }
  }

  async #writeChunk(chunk: Chunk): Promise<void> {
    const { bytes, length, ends } = chunk;
    let done = 0;
    while (done < length) {
      try {
        done += (await this.#write(bytes, done, length - done)).bytesWritten;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          continue;
        }
        this.#written += ends.filter((end) => end <= done).length;
        await this.#mend(bytes, done);
        this.#stop(code === "EPIPE" ? { kind: "gone" } : failed(error));
        return;
      }
    }
    this.#written += ends.length;
  }

  /** Takes the torn last line off a file again. */
  async #mend(bytes: Buffer, done: number): Promise<void> {
    const torn = done - (done === 0 ? 0 : bytes.lastIndexOf(10, done - 1) + 1);
    const stat = fstatSync(this.#fd);
    if (stat.isFile() && torn > 0) await truncateFd(this.#fd, stat.size - torn);
  }

  #stop(end: SinkEnd): void {
    this.#end = end;
    this.#queue = [];
    this.#queued = 0;
    this.#onEnd(end);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const newChunk = (size: number, newFile = false): Chunk => ({
  bytes: Buffer.allocUnsafeSlow(size),
  length: 0,
  ends: [],
  newFile,
});

function failed(error: unknown): SinkEnd {
  const { code = "EIO", message } = error as NodeJS.ErrnoException;
  return { kind: "failed", code, message };
}
