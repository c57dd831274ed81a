import type { Shape } from "../hooks/guest/inspect.ts";
import type { Styles } from "../runtime/output/style.ts";
import { hexText, printable } from "../runtime/text.ts";

/** A value as lines for a person: rows as a table, objects as a tree, buffers as bytes. */
export function shownText(shape: Shape, style: Styles): string {
  switch (shape.kind) {
    case "nothing":
      return "";
    case "text":
      return `${printable(shape.text)}\n`;
    case "table":
      return tableText(shape, style);
    case "tree":
      return treeText(shape);
    case "bytes":
      return bytesText(shape);
  }
}

const GAP = "  ";

function tableText({ columns, rows, total }: Extract<Shape, { kind: "table" }>, style: Styles): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? "-" : printable(String(cell)))));
  const titles = columns.map((name) => printable(name).toUpperCase());
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  // Numbers flush right, as in the table of events.
  const right = columns.map((_, i) => rows.every((row) => typeof row[i] === "number" || row[i] === null));
  const set = (row: readonly string[]): string =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join(GAP)
      .trimEnd();
  const [open, close] = style.heading;
  return [
    `${open}${set(titles)}${close}`,
    ...cells.map(set),
    ...(total > rows.length ? [`… ${total - rows.length} more of ${total} rows`] : []),
    "",
  ].join("\n");
}

const treeText = ({ lines, cut }: Extract<Shape, { kind: "tree" }>): string =>
  [...lines.map(([depth, text]) => GAP.repeat(depth) + printable(text)), ...(cut ? ["…"] : []), ""].join(
    "\n",
  );

/** As `hexdump -C` has them. */
const LINE_BYTES = 16;

function bytesText({ bytes, total }: Extract<Shape, { kind: "bytes" }>): string {
  const all = Uint8Array.from(bytes);
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += LINE_BYTES) {
    const line = all.subarray(at, at + LINE_BYTES);
    const hex = Array.from(line, (_, i) => hexText(line, i, i + 1)).join(" ");
    const text = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(LINE_BYTES * 3 - 1)}  ${text.join("")}`);
  }
  if (total > bytes.length || total === 0) lines.push(`… ${total - bytes.length} more of ${total} bytes`);
  return `${lines.join("\n")}\n`;
}
