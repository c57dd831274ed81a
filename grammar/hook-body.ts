/**
 * Finds the end of a hook's TypeScript without parsing it: braces are counted outside strings, template literals,
 * regular expressions and comments. Whether a slash divides or starts a regular expression is guessed from what stands
 * before it, as highlighters do; a wrong guess matters only where a brace or quote follows on the same line.
 */

export interface HookBodyEnd {
  /** The offset behind the closing brace; where none is, the offset at which the next statement may start. */
  readonly end: number;
  readonly closed: boolean;
}

/** After these words a slash starts a regular expression; after any other word it divides. */
const BEFORE_REGEX = new Set(
  "return typeof case in of delete void throw new else do instanceof yield await".split(" "),
);
/** A parenthesis after these words is followed by a statement, which may start with a regular expression. */
const HEADS = new Set(["if", "while", "for", "with"]);

const BLANK = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const WORD = /[\w$\u0080-\uffff]+/y;
// What has no end on its line ends there: that is TypeScript's to report.
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/y;
const REGEX = /\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*/y;
/** Up to the closing backquote or into `${`. */
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)?/y;

/** What is open: a block, `${…}` in a template, a parenthesis, the parenthesis of `if`, `while`, `for`, `with`. */
type Opener = "{" | "${" | "(" | "head";

class Scanner {
  at: number;
  private readonly text: string;
  private readonly open: Opener[] = [];
  private regexMayStart = true;
  private word = "";

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  /** Steps over one piece of the program; true if that closed the first brace. */
  step(): boolean {
    if (this.take(BLANK)) return false;
    const lastWord = this.word;
    this.word = this.take(WORD);
    if (this.word !== "") return this.next(BEFORE_REGEX.has(this.word));
    if (this.take(STRING) || (this.regexMayStart && this.take(REGEX))) return this.next(false);
    const sign = this.text[this.at++];
    if (sign === "(") return this.into(HEADS.has(lastWord) ? "head" : "(");
    if (sign === "{") return this.into("{");
    if (sign === "`") return this.template();
    if (sign === ")") return this.next(this.closeParenthesis() === "head");
    if (sign === "}") return this.closeBrace();
    return this.next(sign !== "]");
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private next(regexMayStart: boolean): false {
    this.regexMayStart = regexMayStart;
    return false;
  }

  private into(opener: Opener): false {
    this.open.push(opener);
    return this.next(true);
  }

  private template(): false {
    return this.take(TEMPLATE).endsWith("${") ? this.into("${") : this.next(false);
  }

  private closeParenthesis(): Opener | undefined {
    const last = this.open.at(-1);
    return last === "(" || last === "head" ? this.open.pop() : undefined;
  }

  private closeBrace(): boolean {
    // A parenthesis left open inside is TypeScript's to report.
    while (this.closeParenthesis() !== undefined);
    if (this.open.pop() === "${") return this.template();
    this.regexMayStart = true;
    return this.open.length === 0;
  }
}

/** `open` is the offset of the `{`. */
export function hookBodyEnd(text: string, open: number): HookBodyEnd {
  const scanner = new Scanner(text, open);
  while (scanner.at < text.length) if (scanner.step()) return { end: scanner.at, closed: true };
  return { end: nextStatement(text, open), closed: false };
}

/** The next line that starts in its first column as a statement does: there reading can go on. */
function nextStatement(text: string, from: number): number {
  const start = /\n(?=(?:trace|param|def|use|on|pwq)[ \t]|@tags\b|@requires\b)/g;
  start.lastIndex = from;
  return start.exec(text)?.index ?? text.length;
}
