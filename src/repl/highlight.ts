import kleur from "kleur";
import { beginsStatement, type TokenKind, tokens } from "../../grammar/index.ts";

type Paint = (text: string) => string;

/** Kinds that are not listed stay as they are. Few colours: a line of text, not a fruit salad. */
const PAINTS: Readonly<Partial<Record<TokenKind, () => Paint>>> = {
  keyword: () => kleur.cyan().bold,
  param: () => kleur.magenta,
  number: () => kleur.yellow,
  address: () => kleur.yellow,
  string: () => kleur.green,
  glob: () => kleur.green,
  comment: () => kleur.dim,
  doc: () => kleur.dim,
  error: () => kleur.red,
};
/** In TypeScript words of the language are names, and its sign for comments is none. */
const IN_TYPESCRIPT: ReadonlySet<TokenKind> = new Set(["number", "string"]);
const COMMAND = (): Paint => kleur.cyan().bold;

/**
 * A line as it is typed, in colours; the text between the escape sequences is `line` itself, so that the cursor stands
 * where it would without them. `before`: earlier lines of the same entry.
 */
export function highlighted(line: string, before = ""): string {
  const command = before === "" ? /^\s*\.\w*/.exec(line)?.[0] : undefined;
  if (command !== undefined) return colored(COMMAND, command) + line.slice(command.length);
  const offset = before.length;
  const isProgram = beginsStatement(before + line);
  let text = "";
  let done = 0;
  for (const { kind, span } of tokens(before + line)) {
    if (span.end <= offset) continue;
    const start = Math.max(span.start - offset, done);
    const paint = isProgram || IN_TYPESCRIPT.has(kind) ? PAINTS[kind] : undefined;
    const piece = line.slice(start, span.end - offset);
    text += line.slice(done, start) + (paint ? colored(paint, piece) : piece);
    done = span.end - offset;
  }
  return text + line.slice(done);
}

/** kleur's own guess from the terminal is set aside: whoever asks has decided. */
function colored(paint: () => Paint, text: string): string {
  const guess = kleur.enabled;
  kleur.enabled = true;
  try {
    return paint()(text);
  } finally {
    kleur.enabled = guess;
  }
}
