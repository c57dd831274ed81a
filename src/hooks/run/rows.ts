import type { CompiledQuery, PointInfo } from "../../compiler/compiled.ts";
import { DELIVER_FUNCTIONS, XMIT_TRACEPOINT } from "../../compiler/plan/waypoints.ts";
import type { Batch } from "../../runtime/decode/batch.ts";
import type { DecodeContext } from "../../runtime/decode/context.ts";
import { head, isLast } from "../../runtime/decode/head.ts";
import { type Origins, type WriteCell, writeCell } from "./cells.ts";
import type { Interning } from "./interning.ts";
import { HEAD, OUTCOMES, ROW, type RowLayout } from "./layout.ts";

/** What may still be shown; infinite where there is no limit. */
export interface Room {
  readonly total: number;
  readonly queries: readonly number[];
}

/** Turns records of the current batch into the buffer that the sandbox is given. */
export function rowWriter(
  queries: readonly CompiledQuery[],
  layout: RowLayout,
  origins: Origins,
  batch: Batch,
  context: DecodeContext,
  interning: Interning,
): (records: readonly number[], room: Room, now: number) => Uint32Array {
  const { stride, cells, presenceWords } = layout;
  const record = head(batch);
  const kinds = context.points.map(pointBits);
  const writers = queries.map((_, query) =>
    cells.map((cell): WriteCell | undefined => {
      const origin = origins.get(cell.name)?.[query];
      return origin && writeCell(cell, origin.column, interning);
    }),
  );
  const writeRow = (words: Uint32Array, row: number, at: number): void => {
    const query = record.query(at);
    const own = writers[query]!;
    const last = isLast(record.flags(at)) ? ROW.last : 0;
    words[row] = kinds[record.point(at)]! | last | (query << ROW.query);
    for (let word = 0; word < presenceWords; word++) words[row + ROW.presence + word] = 0;
    for (let bit = 0; bit < own.length; bit++) {
      const write = own[bit];
      if (write === undefined) words[row + cells[bit]!.at] = 0;
      else if (write(words, row, at)) words[row + ROW.presence + (bit >> 5)]! |= 1 << (bit & 31);
    }
  };
  return (records, room, now) => {
    const words = new Uint32Array(HEAD.words + records.length * stride);
    words[HEAD.rows] = records.length;
    words[HEAD.stride] = stride;
    words[HEAD.now] = now;
    const rooms = [room.total, ...room.queries];
    words[HEAD.limited] = rooms.some(Number.isFinite) ? 1 : 0;
    // More than any batch has.
    rooms.forEach((count, i) => {
      words[HEAD.room + i] = Math.min(count, 0xffff_ffff);
    });
    for (let i = 0; i < records.length; i++) writeRow(words, HEAD.words + i * stride, records[i]!);
    return words;
  };
}

/** What a row says of its point. */
function pointBits({ kind, name }: PointInfo): number {
  const outcome = (value: (typeof OUTCOMES)[number]) => OUTCOMES.indexOf(value) << ROW.outcome;
  if (kind === "drop") return ROW.drop | outcome("drop");
  if ((DELIVER_FUNCTIONS as readonly string[]).includes(name)) return outcome("deliver");
  return name === `net:${XMIT_TRACEPOINT}` ? outcome("xmit") : outcome("unknown");
}
