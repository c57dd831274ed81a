/**
 * Finds the end of a hook's TypeScript without parsing it: braces are counted outside strings, template literals,
 * regular expressions and comments.
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

// In the order in which they can start; a string or regular expression without an end stops at the end of its line.
const PIECE =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[\w$\u0080-\uffff]+|\s+|[\s\S]/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)?/y;
const REGEX = /\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*/y;

/** `open` is the offset of the `{`. */
export function hookBodyEnd(text: string, open: number): HookBodyEnd {
  // "{" a block, "$" the inside of `${…}`, "(" a parenthesis, "h" the parenthesis of if, while, for, with
  const nest: string[] = [];
  let regexMayStart = true;
  let lastWord = "";
  let at = open;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const template = () => {
    if (take(TEMPLATE)?.[1] === "${") {
      nest.push("$");
      regexMayStart = true;
    } else regexMayStart = false;
  };

  while (at < text.length) {
    if (text[at] === "/" && text[at + 1] !== "/" && text[at + 1] !== "*" && regexMayStart) {
      if (take(REGEX) !== null) {
        regexMayStart = false;
        continue;
      }
    }
    const piece = take(PIECE)?.[0] ?? "";
    const first = piece[0] ?? "";
    if (/\s/.test(first) || piece.startsWith("//") || piece.startsWith("/*")) continue;
    const word = lastWord;
    lastWord = /[\w$\u0080-\uffff]/.test(first) ? piece : "";
    if (lastWord !== "") regexMayStart = BEFORE_REGEX.has(piece);
    else if (first === '"' || first === "'" || first === "]") regexMayStart = false;
    else if (first === "`") template();
    else if (first === "(") {
      nest.push(HEADS.has(word) ? "h" : "(");
      regexMayStart = true;
    } else if (first === ")") {
      const opener = nest[nest.length - 1];
      if (opener === "(" || opener === "h") nest.pop();
      regexMayStart = opener === "h";
    } else if (first === "{") {
      nest.push("{");
      regexMayStart = true;
    } else if (first === "}") {
      // A parenthesis left open inside is TypeScript's to report.
      while (nest.length > 0 && nest[nest.length - 1] !== "{" && nest[nest.length - 1] !== "$") nest.pop();
      if (nest.pop() === "$") template();
      else if (nest.length === 0) return { end: at, closed: true };
      else regexMayStart = true;
    } else regexMayStart = true;
  }
  return { end: nextStatement(text, open), closed: false };
}

/** The next line that starts in its first column as a statement does: there reading can go on. */
function nextStatement(text: string, from: number): number {
  const start = /\n(?=(?:trace|param|def|use|on|pwq)[ \t]|@tags\b|@requires\b)/g;
  start.lastIndex = from;
  return start.exec(text)?.index ?? text.length;
}
