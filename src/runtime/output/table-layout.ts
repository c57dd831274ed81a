import type { Column } from "../decode/columns.ts";

/** How a table is set on a page of some width. */
export interface TableLayout {
  /** Columns of the lines, in order. The last is not padded. */
  readonly columns: readonly Column[];
  /** A column that does not fit: its value gets a line of its own where it changes. */
  readonly folded?: Column;
  readonly gap: string;
}

/** Room for a function's name, and a bit more for the reason of a drop. */
const FUNC_ROOM = 27;
const WIDE_GAP = 2;

/**
 * Fits columns into `width` characters: first the gaps shrink, then the packet's addresses, the widest column, which
 * seldom change within a journey, move to lines of their own. A pipe has no width, and nothing moves.
 */
export function layOut(columns: readonly Column[], width: number | undefined): TableLayout {
  const wide: TableLayout = { columns, gap: " ".repeat(WIDE_GAP) };
  if (width === undefined || fits(columns, WIDE_GAP, width)) return wide;
  if (fits(columns, 1, width)) return { columns, gap: " " };
  const folded = columns.find(({ kind }) => kind === "tuple");
  if (!folded) return { columns, gap: " " };
  const rest = columns.filter((column) => column !== folded);
  return { columns: rest, folded, gap: fits(rest, WIDE_GAP, width) ? wide.gap : " " };
}

function fits(columns: readonly Column[], gap: number, width: number): boolean {
  return (
    columns.reduce((sum, column) => sum + (column.kind === "func" ? FUNC_ROOM : column.width) + gap, -gap) <=
    width
  );
}
