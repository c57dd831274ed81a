import type { Said } from "../../hooks/run/said.ts";
import type { Batch } from "../decode/batch.ts";
import type { Column } from "../decode/columns.ts";
import type { DecodeContext, SymbolPlace } from "../decode/context.ts";
import { functionText } from "../decode/function-text.ts";
import { type Head, head, isLast } from "../decode/head.ts";
import { symbolText } from "../decode/symbol-text.ts";
import { formatOf, isList } from "../format.ts";
import type { Presenter } from "./presenter.ts";
import { SaidLines } from "./said.ts";
import type { Sink } from "./sink.ts";
import { type Styles, styles } from "./style.ts";
import { fittedLayout, fixedLayout, MAX_WIDTH, type TableLayout } from "./table-layout.ts";

export interface TableOptions {
  readonly color: boolean;
  /** Of the terminal; absent: a pipe or file. */
  readonly screen?: { readonly columns: number; readonly rows: number };
  /** The program has hooks. */
  readonly hooked?: boolean;
}

const BLOCK_INDENT = "        ";
/** Rows that are looked at on a terminal before the first is printed; what comes in one turn of the event loop. */
const LOOKED_AT = 200;

/** Lines for people. What is not an event (notices, losses, the summary) is not in the table but on standard error. */
export function tablePresenter(
  sink: Sink,
  queries: readonly (readonly Column[])[],
  batch: Batch,
  context: DecodeContext,
  { color, screen, hooked }: TableOptions,
): Presenter {
  const style = styles(color);
  const tables = queries.map((columns) => new Table(columns, batch, context, style));
  const saying = new SaidLines(style);
  let held: (Row | readonly Said[])[] | undefined = screen ? [] : undefined;
  let current = -1;
  let lines = 0;
  /** Goes with the next row. */
  let above: Pick<Row, "above"> = {};

  const header = (query: number): void => {
    current = query;
    lines = 0;
    sink.line(tables[query]!.header());
  };
  sink.heading = () => {
    if (current !== -1) header(current);
  };
  const print = (row: Row): void => {
    // On a terminal the header comes again before the last one is out of sight.
    if (row.query !== current || (screen && lines >= screen.rows - 2)) header(row.query);
    lines++;
    saying.interrupted();
    sink.event(tables[row.query]!.line(row));
  };
  const say = (all: readonly Said[]): void => {
    sink.line(saying.lines(all));
    if (all.some(({ kind }) => kind === "row")) current = -1;
  };
  const settle = (): void => {
    const all = held;
    held = undefined;
    if (!all || !screen) return;
    const rows = all.filter(isRow);
    tables.forEach((table, query) => {
      table.fit(
        rows.filter((row) => row.query === query),
        screen.columns,
      );
    });
    for (const each of all) isRow(each) ? print(each) : say(each);
  };
  return {
    start() {
      // Hooks may have something else to print.
      if (!screen && !hooked && queries.length === 1) header(0);
    },
    event(query, at) {
      const row = { ...tables[query]!.row(query, at), ...above };
      above = {};
      if (!held) return print(row);
      if (held.length === 0) setImmediate(settle);
      held.push(row);
      if (held.length >= LOOKED_AT) settle();
    },
    said(all) {
      if (!held) return say(all);
      if (held.length === 0) setImmediate(settle);
      held.push(all);
    },
    lost() {},
    cut({ count, packet }) {
      if (packet !== undefined) above = { above: `… ${count} earlier events of packet ${packet} were cut …` };
    },
    end: settle,
  };
}

const isRow = (each: Row | readonly Said[]): each is Row => "query" in each;

/** A record as text, with what its place in the table depends on. */
interface Row {
  readonly query: number;
  readonly packet: number | bigint;
  readonly cells: readonly string[];
  /** The function, and what stands below it. */
  readonly tail: string;
  /** A line of its own before it. */
  readonly above?: string;
}

class Table {
  readonly #columns: readonly Column[];
  /** What takes lines of its own below the row. */
  readonly #blocks: readonly Column[];
  readonly #func: Column;
  readonly #head: Head;
  readonly #style: Styles;
  #layout: TableLayout;
  #foldedLine = "";

  constructor(shown: readonly Column[], batch: Batch, context: DecodeContext, style: Styles) {
    const asked = shown.find(({ kind }) => kind === "func");
    const isBlock = ({ kind }: Column): boolean => kind === "stack" || kind === "dump" || kind === "why";
    this.#columns = shown.filter((column) => column.kind !== "func" && !isBlock(column));
    this.#blocks = shown.filter(isBlock);
    this.#func = functionColumn(asked, batch, context, style);
    this.#head = head(batch);
    this.#style = style;
    this.#layout = fixedLayout(this.#columns);
  }

  fit(rows: readonly Row[], width: number): void {
    this.#layout = fittedLayout(
      this.#columns,
      rows.map(({ cells }) => cells),
      width,
    );
  }

  row(query: number, at: number): Row {
    const { packet, flags } = this.#head;
    const [open, close] = this.#style.end;
    let tail = this.#func.text(at);
    if (isLast(flags(at))) tail += `${open} (end)${close}`;
    for (const block of this.#blocks) {
      const value = block.read(at);
      if (typeof value !== "object") continue;
      const lines = isList(value) ? value.map(({ text }) => text) : value.text.split("\n");
      for (const line of lines) tail += `\n${BLOCK_INDENT}${line}`;
    }
    return { query, packet: packet(at), cells: this.#columns.map((column) => column.text(at)), tail };
  }

  header(): string {
    const [open, close] = this.#style.heading;
    const titles = this.#columns.map(({ title }) => title);
    return `${open}${this.#set(titles)}${this.#func.title}${close}\n`;
  }

  line({ packet, cells, tail, above }: Row): string {
    const [open, close] = this.#style.end;
    const before = above === undefined ? "" : `${open}${above}${close}\n`;
    return `${before}${this.#fold(packet, cells)}${this.#set(cells)}${tail}\n`;
  }

  #set(cells: readonly string[]): string {
    const { widths, gap, folded } = this.#layout;
    let line = "";
    for (let i = 0; i < cells.length; i++) {
      if (i === folded) continue;
      const cell = cells[i]!;
      if (cell.length > widths[i]! && cell.length <= MAX_WIDTH) widths[i] = cell.length;
      line += (this.#columns[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)) + gap;
    }
    return line;
  }

  /** The line of the folded column, if it is not what it was in the row before. */
  #fold(packet: number | bigint, cells: readonly string[]): string {
    const { folded } = this.#layout;
    if (folded === undefined) return "";
    const [open, close] = this.#style.packet;
    const line = `${open}${packet === 0 ? "" : `packet ${packet}: `}${cells[folded]!}${close}\n`;
    if (line === this.#foldedLine) return "";
    this.#foldedLine = line;
    return line;
  }
}

/** Always the last column. A drop's reason stands beside the function that dropped the packet. */
export function functionColumn(
  asked: Column | undefined,
  batch: Batch,
  context: DecodeContext,
  style: Styles,
): Column {
  const { point, reason, location } = head(batch);
  const name = functionText(batch, context);
  const reasons = formatOf(context.reasonType);
  const isDrop = context.points.map(({ kind }) => kind === "drop");
  const isReturn = context.points.map(({ kind }) => kind === "return");
  const [open, close] = style.drop;
  // Without the module, which would make it the longest line of all; `module` and `drop.location` tell it.
  const symbol = symbolText({
    ...context.names,
    symbol: (address) => withoutModule(context.names.symbol(address)),
  });
  const text = (at: number): string =>
    isDrop[point(at)]
      ? `${open}${symbol(location(at)).text} dropped: ${reasons.text(reason(at))}${close}`
      : isReturn[point(at)]
        ? `${name(at).text} (return)`
        : name(at).text;
  return {
    name: "func",
    title: asked?.title ?? "FUNC",
    width: 28,
    right: false,
    kind: "func",
    text,
    json: (at) => name(at).json,
    read: name,
  };
}

function withoutModule(place: SymbolPlace | undefined): SymbolPlace | undefined {
  return place && { name: place.name, offset: place.offset };
}
