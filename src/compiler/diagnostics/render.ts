import type { Diagnostic } from "./diagnostic.ts";
import { type Excerpt, excerpt } from "./excerpt.ts";
import { type Paint, painter } from "./paint.ts";

export interface RenderOptions {
  readonly color: boolean;
}

/**
 * Diagnostics as text, in the order given, a blank line between two; ends with a newline. Empty for none.
 * The only place that draws errors.
 *
 * ```
 * error[PWQ1102]: unknown field `tcp.dstport`
 *   --> rpf.pwq:3:17
 *    |
 *  3 | trace skb where tcp.dstport == 443 until drop
 *    |                 ^^^^^^^^^^^ did you mean `tcp.dport`?
 * ```
 */
export function render(diagnostics: readonly Diagnostic[], { color }: RenderOptions): string {
  const paint = painter(color);
  return diagnostics.map((d) => `${renderOne(d, paint)}\n`).join("\n");
}

function renderOne(diagnostic: Diagnostic, paint: Paint): string {
  const head = paint(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`);
  const lines = [`${head}${paint("strong", `: ${diagnostic.message}`)}`];
  const view = diagnostic.at && excerpt(diagnostic.at.source, diagnostic.at.span);
  const digits = view ? String(view.lines.at(-1)!.number).length : 1;
  const gutter = (text: string, mark: string) => paint("gutter", ` ${text.padStart(digits)} ${mark}`);
  if (view) {
    const place = `${diagnostic.at!.source.name}:${view.line}:${view.column}`;
    lines.push(`${paint("gutter", ` ${" ".repeat(digits)}-->`)} ${place}`, gutter("", "|"));
    lines.push(...drawing(view, diagnostic, paint, gutter));
  } else if (diagnostic.label !== undefined) {
    lines.push(`${gutter("", "=")} ${diagnostic.label}`);
  }
  for (const help of diagnostic.help ?? []) lines.push(`${gutter("", "=")} ${help}`);
  return lines.join("\n");
}

function drawing(
  view: Excerpt,
  diagnostic: Diagnostic,
  paint: Paint,
  gutter: (text: string, mark: string) => string,
): string[] {
  const out: string[] = [];
  const style = diagnostic.severity === "warning" ? "warning" : "caret";
  view.lines.forEach((line, index) => {
    const last = index === view.lines.length - 1;
    if (index > 0 && line.number > view.lines[index - 1]!.number + 1) out.push(gutter("", "…"));
    const label = last && diagnostic.label ? ` ${diagnostic.label}` : "";
    const [first = "", ...more] = label.split("\n");
    out.push(
      line.text === ""
        ? gutter(String(line.number), "|")
        : `${gutter(String(line.number), "|")} ${line.text}`,
    );
    const carets = "^".repeat(line.to - line.from);
    out.push(`${gutter("", "|")} ${" ".repeat(line.from)}${paint(style, carets + first)}`);
    const indent = " ".repeat(line.to + 1);
    for (const text of more) out.push(`${gutter("", "|")} ${indent}${paint(style, text)}`);
  });
  return out;
}
