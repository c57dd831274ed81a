import type { Said } from "../../hooks/run/said.ts";
import { printable } from "../text.ts";
import type { Styles } from "./style.ts";

/** What a hook says as a JSON line. */
export function saidJson(said: Said): string {
  const { kind, ...rest } = said;
  return `${JSON.stringify({ type: kind, ...rest })}\n`;
}

const GAP = "  ";
/** A wider cell pushes the rest of its line. */
const MAX_WIDTH = 44;

type Row = Readonly<Record<string, unknown>>;

/** What hooks say as lines for people. Rows make a table of their own, with a header where its columns change. */
export class SaidLines {
  readonly #style: Styles;
  #columns = "";
  #widths: number[] = [];

  constructor(style: Styles) {
    this.#style = style;
  }

  lines(all: readonly Said[]): string {
    return all.map((said, i) => this.#line(said, all.slice(i))).join("");
  }

  /** Something else was printed: the next row begins with its header. */
  interrupted(): void {
    this.#columns = "";
  }

  /** `ahead`: this and what follows at once, by which a table is set. */
  #line(said: Said, ahead: readonly Said[]): string {
    if (said.kind === "row") return this.#header(said.row, ahead) + this.#set(said.row, cellsOf(said.row));
    this.interrupted();
    if (said.kind === "print") return `${said.text.split("\n").map(printable).join("\n")}\n`;
    const [open, close] = this.#style[said.severity];
    const hint = said.hint === undefined ? "" : `${GAP}${printable(said.hint)}\n`;
    return `${open}${said.severity}${close}: ${printable(said.text)}\n${hint}`;
  }

  #header(row: Row, ahead: readonly Said[]): string {
    const columns = columnsOf(row);
    if (columns === this.#columns) return "";
    this.#columns = columns;
    const rows = ahead.flatMap((each) =>
      each.kind === "row" && columnsOf(each.row) === columns ? [each.row] : [],
    );
    const titles = Object.keys(row).map((name) => printable(name).toUpperCase());
    this.#widths = titles.map((title) => title.length);
    for (const cells of rows.map(cellsOf)) this.#widen(cells);
    const [open, close] = this.#style.heading;
    return `${open}${this.#set(row, titles).trimEnd()}${close}\n`;
  }

  #widen(cells: readonly string[]): void {
    cells.forEach(({ length }, i) => {
      if (length <= MAX_WIDTH) this.#widths[i] = Math.max(this.#widths[i]!, length);
    });
  }

  /** Numbers flush right, as in the table of events. */
  #set(row: Row, cells: readonly string[]): string {
    this.#widen(cells);
    const values = Object.values(row);
    const line = cells.map((cell, i) =>
      typeof values[i] === "number" ? cell.padStart(this.#widths[i]!) : cell.padEnd(this.#widths[i]!),
    );
    return `${line.join(GAP).trimEnd()}\n`;
  }
}

const columnsOf = (row: Row): string => JSON.stringify(Object.keys(row));

const cellsOf = (row: Row): readonly string[] => Object.values(row).map(cellText);

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value));
}
