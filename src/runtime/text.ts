/** Text forms of addresses and names; pure. */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const ip4Text = (b: Uint8Array, at: number): string =>
  `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;

/** RFC 5952: lower case, the longest run of zero groups as `::`, IPv4-mapped with dots. */
export function ip6Text(b: Uint8Array, at: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((b[at + i]! << 8) | b[at + i + 1]!);
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff)
    return `::ffff:${ip4Text(b, at + 12)}`;
  const run = longestZeroRun(groups);
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(":");
  return run.length < 2 ? text(0, 8) : `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

export function macText(b: Uint8Array, at: number): string {
  let text = HEX[b[at]!]!;
  for (let i = 1; i < 6; i++) text += `:${HEX[b[at + i]!]}`;
  return text;
}

export function hexText(b: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += HEX[b[i]!];
  return text;
}

/** Bytes up to the first NUL as UTF-8. What is not UTF-8 becomes U+FFFD. */
export function charsText(b: Uint8Array, from: number, to: number): string {
  let end = from;
  while (end < to && b[end] !== 0) end++;
  return Buffer.from(b.buffer, b.byteOffset + from, end - from).toString();
}

/** Characters that would move the cursor, change colours or reorder the line, written out; the rest is left. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    const code = char.codePointAt(0)!;
    return code < 0x100 ? `\\x${HEX[code]}` : `\\u{${code.toString(16)}}`;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const DURATION_UNITS = [
  ["s", 1e9],
  ["ms", 1e6],
  ["us", 1e3],
] as const;

/** Nanoseconds with a unit that leaves at most three digits before the point: `1.204ms`. */
export function durationText(ns: number): string {
  const size = Math.abs(ns);
  for (const [unit, factor] of DURATION_UNITS) {
    if (size >= factor) return `${(ns / factor).toFixed(3)}${unit}`;
  }
  return `${ns}ns`;
}
