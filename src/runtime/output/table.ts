import type { Batch } from "../decode/batch.ts";
import { type Column, functionText } from "../decode/columns.ts";
import type { DecodeContext } from "../decode/context.ts";
import { head, isLast } from "../decode/head.ts";
import { symbolText } from "../decode/symbol-text.ts";
import { formatOf, isList } from "../format.ts";
import type { Presenter } from "./presenter.ts";
import type { Sink } from "./sink.ts";
import { type Styles, styles } from "./style.ts";
import { layOut } from "./table-layout.ts";

export interface TableOptions {
  readonly color: boolean;
  /** Of the terminal; absent: a pipe or file. */
  readonly screen?: { readonly columns: number; readonly rows: number };
}

/** A cell that needs more makes its column wider from there on, up to this. */
const MAX_WIDTH = 44;
const STACK_INDENT = "        ";

/** Lines for people. What is not an event (notices, losses, the summary) is not in the table but on standard error. */
export function tablePresenter(
  sink: Sink,
  queries: readonly (readonly Column[])[],
  batch: Batch,
  context: DecodeContext,
  { color, screen }: TableOptions,
): Presenter {
  const style = styles(color);
  const tables = queries.map((columns) => table(columns, batch, context, style, screen?.columns));
  let current = -1;
  let lines = 0;
  return {
    start() {
      if (queries.length === 1) {
        current = 0;
        sink.line(tables[0]!.header());
      }
    },
    event(query, at) {
      // On a terminal the header comes again before the last one is out of sight.
      const again = screen !== undefined && lines >= screen.rows - 2;
      if (query !== current || again) {
        current = query;
        lines = 0;
        sink.line(tables[query]!.header());
      }
      lines++;
      sink.event(tables[query]!.line(at));
    },
    lost() {},
    end() {},
  };
}

interface Table {
  header(): string;
  line(at: number): string;
}

function table(
  shown: readonly Column[],
  batch: Batch,
  context: DecodeContext,
  style: Styles,
  width: number | undefined,
): Table {
  const func = functionColumn(
    shown.find(({ kind }) => kind === "func"),
    batch,
    context,
    style,
  );
  const stacks = shown.filter(({ kind }) => kind === "stack");
  const plain = shown.filter(({ kind }) => kind !== "func" && kind !== "stack");
  const { columns, folded, gap } = layOut([...plain, func], width);
  const cells = columns.slice(0, -1);
  const widths = cells.map((column) => column.width);
  const { flags, packet } = head(batch);

  const pad = (text: string, i: number): string => {
    if (text.length > widths[i]! && text.length <= MAX_WIDTH) widths[i] = text.length;
    return cells[i]!.right ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
  };
  let foldedPacket: number | bigint = -1;
  let foldedText = "";
  const fold = (at: number): string => {
    const text = folded!.text(at);
    const number = packet(at);
    if (number === foldedPacket && text === foldedText) return "";
    foldedPacket = number;
    foldedText = text;
    const who = number === 0 ? "" : `packet ${number}: `;
    return `${style.packet[0]}${who}${text}${style.packet[1]}\n`;
  };
  const line = (at: number): string => {
    let out = folded ? fold(at) : "";
    for (let i = 0; i < cells.length; i++) out += pad(cells[i]!.text(at), i) + gap;
    out += func.text(at);
    if (isLast(flags(at))) out += `${style.end[0]} (end)${style.end[1]}`;
    out += "\n";
    for (const stack of stacks) {
      const frames = stack.read(at);
      if (typeof frames === "object" && isList(frames)) {
        for (const frame of frames) out += `${STACK_INDENT}${frame.text}\n`;
      }
    }
    return out;
  };
  return {
    header: () => {
      const titles = cells.map((column, i) => pad(column.title, i));
      return `${style.heading[0]}${[...titles, func.title].join(gap)}${style.heading[1]}\n`;
    },
    line,
  };
}

/** Always the last column. A drop's reason stands beside the function that dropped the packet. */
function functionColumn(
  asked: Column | undefined,
  batch: Batch,
  context: DecodeContext,
  style: Styles,
): Column {
  const { point, reason, location } = head(batch);
  const name = functionText(batch, context);
  const reasons = formatOf(context.reasonType);
  const isDrop = context.points.map(({ kind }) => kind === "drop");
  const [open, close] = style.drop;
  const symbol = symbolText(context.names);
  const text = (at: number): string =>
    isDrop[point(at)]
      ? `${open}${symbol(location(at)).text} dropped: ${reasons.text(reason(at))}${close}`
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
