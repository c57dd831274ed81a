import { RECORD_FLAG, RECORD_HEAD } from "../../compiler/layout.ts";
import { type Batch, u64 } from "./batch.ts";

const at = RECORD_HEAD.offsets as Readonly<
  Record<"time" | "packet" | "point" | "cpu" | "query" | "flags" | "location" | "reason" | "size", number>
>;

/** The head of the record at a place of the batch. */
export interface Head {
  readonly size: (record: number) => number;
  readonly query: (record: number) => number;
  readonly flags: (record: number) => number;
  readonly point: (record: number) => number;
  readonly cpu: (record: number) => number;
  readonly reason: (record: number) => number;
  /** Of a drop; 0 otherwise. */
  readonly location: (record: number) => number | bigint;
  /** The journey's number; 0: not followed. */
  readonly packet: (record: number) => number | bigint;
  readonly timeLow: (record: number) => number;
  readonly timeHigh: (record: number) => number;
}

export function head(batch: Batch): Head {
  const word = (offset: number) => (record: number) => batch.u32[(record + offset) >> 2]!;
  const long = (offset: number) => (record: number) =>
    u64(batch.u32[(record + offset) >> 2]!, batch.u32[(record + offset + 4) >> 2]!);
  return {
    size: word(at.size),
    query: (record) => batch.u8[record + at.query]!,
    flags: (record) => batch.u8[record + at.flags]!,
    point: word(at.point),
    cpu: (record) => batch.u16[(record + at.cpu) >> 1]!,
    reason: word(at.reason),
    location: long(at.location),
    packet: long(at.packet),
    timeLow: word(at.time),
    timeHigh: word(at.time + 4),
  };
}

export const isLast = (flags: number): boolean => (flags & RECORD_FLAG.last) !== 0;
export const isHidden = (flags: number): boolean => (flags & RECORD_FLAG.hidden) !== 0;
export const isStop = (flags: number): boolean => (flags & RECORD_FLAG.stop) !== 0;
export const isEnding = (flags: number): boolean => (flags & RECORD_FLAG.ending) !== 0;
export const isMark = (flags: number): boolean => (flags & RECORD_FLAG.mark) !== 0;
