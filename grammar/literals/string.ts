import { type Reading, right, wrong } from "./reading.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
};

/** Reads a string with its quotes; escapes are `\" \\ \n \r \t \0 \xHH \u{H…}`. */
export function readString(image: string): Reading<string> {
  if (image.startsWith("'")) return singleQuoted(image);
  let value = "";
  let at = 1;
  while (at < image.length) {
    const char = image[at]!;
    if (char === '"') return right(value);
    if (char !== "\\") {
      value += char;
      at++;
      continue;
    }
    const long = /^\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\})/.exec(image.slice(at, at + 12));
    const code = Number.parseInt(long?.[1] ?? long?.[2] ?? "", 16);
    const simple = image[at + 1] ?? "";
    if (long !== null && code <= 0x10ffff) {
      value += String.fromCodePoint(code);
      at += long[0].length;
    } else if (Object.hasOwn(SIMPLE, simple)) {
      value += SIMPLE[simple];
      at += 2;
    } else if (simple === "") break;
    else return unknownEscape(image, at);
  }
  return wrong("PWQ1003", "a string without its closing quote", 'it ends with `"`, on the same line');
}

function unknownEscape(image: string, at: number): Reading<string> {
  const shown = image.slice(at, at + 2);
  const label =
    shown === "\\x" || shown === "\\u"
      ? "write `\\x41` or `\\u{1f600}`"
      : `write \`\\${shown}\` for a backslash; known: \\" \\\\ \\n \\r \\t \\0 \\xHH \\u{H}`;
  return wrong("PWQ1017", `unknown escape \`${shown}\``, label, { from: at, to: at + 2 });
}

function singleQuoted(image: string): Reading<string> {
  const inside = image.length > 1 && image.endsWith("'") ? image.slice(1, -1) : image.slice(1);
  const shown = inside.length > 0 && inside.length <= 40 && !inside.includes('"') ? `: \`"${inside}"\`` : "";
  return wrong("PWQ1004", "a string in single quotes", `strings stand in double quotes${shown}`);
}
