/** Parts of conditions in pwq's language, made from pwru's values. */

/** A string literal. */
export const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

export const pcap = (filter: string, prefix: "" | "inner." = ""): string => `${prefix}pcap ${quoted(filter)}`;

/** `mark[/mask]`: pwru compares the masked bits of both. */
export function maskOf(given: string): string {
  const [mark = "", mask] = given.split("/");
  if (mask === undefined) return `mark == ${mark}`;
  const wanted = BigInt(mark) & BigInt(mask);
  return `mark & ${mask} == ${wanted === BigInt(mark) ? mark : `0x${wanted.toString(16)}`}`;
}

/** A comparison in C's syntax, where pwru takes `=` for `==` too. */
export function compared(expression: string): string {
  const text = expression
    .trim()
    .replace(/(?<![=!<>])=(?!=)/g, "==")
    .replace(/\s*([=!<>]=|<|(?<!-)>)\s*/g, " $1 ");
  return /\|\|/.test(text) ? `(${text})` : text;
}
