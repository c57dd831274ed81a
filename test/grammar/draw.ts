import type { SyntaxProblem } from "../../grammar/index.ts";

/** A text with its problems drawn below the lines they are in; plain, for golden files. */
export function draw(text: string, problems: readonly SyntaxProblem[]): string {
  let offset = 0;
  const drawn: string[] = [];
  for (const line of text.split("\n")) {
    drawn.push(line);
    const end = offset + line.length;
    for (const { code, span, message, label, help } of problems) {
      if (span.start < offset || span.start > end) continue;
      const width = Math.max(1, Math.min(span.end, end) - span.start);
      const before = " ".repeat(span.start - offset);
      drawn.push(`${before}${"^".repeat(width)} ${code}: ${message}`);
      if (label !== undefined) drawn.push(`${before}${" ".repeat(width)} ${label}`);
      for (const more of help ?? []) drawn.push(`${before}${" ".repeat(width)} = ${more}`);
    }
    offset = end + 1;
  }
  return drawn.join("\n");
}
