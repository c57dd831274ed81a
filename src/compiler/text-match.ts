import { globMatcher } from "./plan/glob.ts";

/** Whether a text matches a pattern, both seen as UTF-8 bytes: see `evaluate`. */
export function textMatcher(how: "glob" | "regex", pattern: string): (text: string) => boolean {
  const bytes = byteString(pattern);
  if (how === "glob") {
    const matches = globMatcher(bytes);
    return (text) => matches(byteString(text));
  }
  const regex = new RegExp(bytes);
  return (text) => regex.test(byteString(text));
}

/** One character, U+0000 to U+00FF, for each byte of the text in UTF-8. */
export function byteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
