import { close, fstatSync, ftruncate, write } from "node:fs";
import { promisify } from "node:util";

const writeFd = promisify(write);
const truncateFd = promisify(ftruncate);
const closeFd = promisify(close);

/** Text is handed to the system in pieces of about this size: fewer calls, and each still fits a pipe. */
const CHUNK = 64 * 1024;
/** With more than this waiting for a slow reader, `drained` makes the source wait too. */
const HIGH_WATER = 4 * 1024 * 1024;
/** Wait before the next try when a non-blocking descriptor is full. */
const RETRY_MS = 5;

/** Why nothing more is written: the reader has gone, which is its right, or the system gave an error. */
export type SinkEnd = { readonly kind: "gone" } | { readonly kind: "failed"; readonly code: string; readonly message: string };

interface Chunk {
  readonly text: string;
  /** End of each event in `text`, in characters. */
  readonly ends: readonly number[];
}

/**
 * Lines on their way to a file descriptor. Writing goes on in the background, one chunk at a time, so that a slow
 * reader never blocks the event loop (and with it Ctrl-C). Knows exactly how many events are out.
 */
export class Sink {
  readonly #fd: number;
  readonly #onEnd: (end: SinkEnd) => void;
  #text = "";
  #ends: number[] = [];
  #queue: Chunk[] = [];
  #queued = 0;
  #writing = false;
  #scheduled = false;
  #end: SinkEnd | undefined;
  #written = 0;
  #waiting: (() => void)[] = [];

  /** `onEnd` is called once, when nothing more can be written. */
  constructor(fd: number, onEnd: (end: SinkEnd) => void) {
    this.#fd = fd;
    this.#onEnd = onEnd;
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
    this.#text += lines;
    this.#ends.push(this.#text.length);
    this.#added();
  }

  /** Adds lines that are no event: a header, a count of what was lost. */
  line(lines: string): void {
    this.#text += lines;
    this.#added();
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

  /** Flushes and closes the descriptor. */
  async close(): Promise<void> {
    await this.flush();
    await closeFd(this.#fd);
  }

  #added(): void {
    if (this.#text.length >= CHUNK) this.#cut();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#cut();
      });
    }
  }

  #cut(): void {
    if (this.#text === "") return;
    if (!this.#end) {
      this.#queue.push({ text: this.#text, ends: this.#ends });
      this.#queued += this.#text.length;
    }
    this.#text = "";
    this.#ends = [];
    if (!this.#writing && !this.#end) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    let chunk = this.#queue.shift();
    while (chunk && !this.#end) {
      await this.#writeChunk(chunk);
      this.#queued -= chunk.text.length;
      if (this.#queued < HIGH_WATER / 2) this.#wake();
      chunk = this.#queue.shift();
    }
    this.#writing = false;
    this.#wake();
  }

  async #writeChunk({ text, ends }: Chunk): Promise<void> {
    const bytes = Buffer.from(text);
    let done = 0;
    while (done < bytes.length) {
      try {
        done += (await writeFd(this.#fd, bytes, done, bytes.length - done, null)).bytesWritten;
      } catch (error) {
        const { code = "EIO", message } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          continue;
        }
        await this.#torn(bytes, done, text, ends);
        this.#stop(code === "EPIPE" ? { kind: "gone" } : { kind: "failed", code, message });
        return;
      }
    }
    this.#written += ends.length;
  }

  /** Counts the events that are whole in what was written of a chunk; of a file, takes the torn line off again. */
  async #torn(bytes: Buffer, done: number, text: string, ends: readonly number[]): Promise<void> {
    let byteEnd = 0;
    let charEnd = 0;
    for (const end of ends) {
      byteEnd += Buffer.byteLength(text.slice(charEnd, end));
      if (byteEnd > done) break;
      charEnd = end;
      this.#written++;
    }
    const tornFrom = bytes.lastIndexOf(10, Math.max(0, done - 1)) + 1;
    const stat = fstatSync(this.#fd);
    if (stat.isFile() && done > tornFrom) await truncateFd(this.#fd, stat.size - (done - tornFrom));
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
