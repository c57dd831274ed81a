import type { Column } from "../decode/columns.ts";

/** How the columns of a table are set. The function, always the last, is not among them: it takes what is left. */
export interface TableLayout {
  /** By column. They only grow. */
  readonly widths: number[];
  readonly gap: string;
  /** Index of a column that does not fit: its value gets a line of its own where it changes. */
  readonly folded?: number;
}

/** Room for most functions' names. */
const FUNC_ROOM = 28;
/** A cell that needs more makes its column wider from there on, up to this; then it pushes the rest of its line. */
export const MAX_WIDTH = 44;

/** For a pipe or a file: the same widths in every trace, and no limit. */
export function fixedLayout(columns: readonly Column[]): TableLayout {
  return { widths: columns.map((column) => column.width), gap: "  " };
}

/**
 * For a terminal: columns as wide as the first rows need. Where that is too much the gaps shrink, and then the packet's
 * addresses, the widest column, which seldom change within a journey, move to lines of their own.
 */
export function fittedLayout(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): TableLayout {
  const widths = columns.map((column, i) =>
    Math.min(MAX_WIDTH, Math.max(column.title.length, ...rows.map((cells) => cells[i]!.length))),
  );
  const fits = (gap: number, without?: number): boolean =>
    widths.reduce((sum, own, i) => sum + (i === without ? 0 : own + gap), FUNC_ROOM) <= width;
  if (fits(2)) return { widths, gap: "  " };
  if (fits(1)) return { widths, gap: " " };
  const folded = columns.findIndex(({ kind }) => kind === "tuple");
  if (folded === -1) return { widths, gap: " " };
  return { widths, gap: fits(2, folded) ? "  " : " ", folded };
}
