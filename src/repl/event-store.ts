import type { Batch } from "../runtime/decode/batch.ts";
import { head } from "../runtime/decode/head.ts";

/** Records are kept in pieces of this size, and let go in them. */
const PIECE = 1 << 20;
/** 64 MiB: half a million events of a usual query. */
const PIECES = 64;

interface Piece {
  readonly bytes: Uint8Array;
  length: number;
  events: number;
}

/** The last events that were shown, as they came; when there is no more room the oldest are let go, and counted. */
export class EventStore {
  readonly #size: number;
  readonly #most: number;
  readonly #pieces: Piece[] = [];
  #forgotten = 0;

  constructor(size = PIECE, most = PIECES) {
    this.#size = size;
    this.#most = most;
  }

  /** Events that are kept. */
  get count(): number {
    return this.#pieces.reduce((sum, { events }) => sum + events, 0);
  }

  /** Events that were let go. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** All events that were added. */
  get total(): number {
    return this.count + this.#forgotten;
  }

  /** Keeps a copy of one record: at most as many bytes as a piece has. */
  add(record: Uint8Array): void {
    let piece = this.#pieces.at(-1);
    if (!piece || piece.length + record.length > piece.bytes.length) {
      piece = { bytes: new Uint8Array(Math.max(this.#size, record.length)), length: 0, events: 0 };
      this.#pieces.push(piece);
      if (this.#pieces.length > this.#most) this.#forgotten += this.#pieces.shift()!.events;
    }
    piece.bytes.set(record, piece.length);
    piece.length += record.length;
    piece.events++;
  }

  /** Puts every event into `batch`, the oldest first. */
  each(batch: Batch, visit: (at: number, query: number) => void): void {
    const { query } = head(batch);
    this.pieces(batch, (records) => {
      for (const at of records) visit(at, query(at));
    });
  }

  /** The same, many at a time; the first `skipped` of all are left out. */
  pieces(batch: Batch, visit: (records: readonly number[]) => void, skipped = 0): void {
    const { size } = head(batch);
    let left = skipped;
    for (const { bytes, length, events } of this.#pieces) {
      if (left >= events) {
        left -= events;
        continue;
      }
      batch.use(bytes);
      const records: number[] = [];
      for (let at = 0; at < length; at += size(at)) records.push(at);
      visit(records.slice(left));
      left = 0;
    }
  }
}
