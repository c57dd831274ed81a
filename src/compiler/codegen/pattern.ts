/**
 * The syntax of patterns over bytes: globs, and JavaScript's regular expressions without flags, as one small tree.
 */

/** A set of bytes: bit n is set if byte n is in it. */
export type ByteSet = bigint;

export type Pattern =
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "sequence" | "choice"; readonly of: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly of: Pattern; readonly min: number; readonly max: number }
  /** `^` and `$`: true only there, and no byte is used up. */
  | { readonly kind: "start" | "end" };

/** A pattern that is not one, or that no automaton can be made of. The message needs no more context. */
export class PatternError extends Error {}

const NOTHING: ByteSet = 0n;
export const ANY: ByteSet = (1n << 256n) - 1n;
const one = (byte: number): ByteSet => (byte < 256 ? 1n << BigInt(byte) : NOTHING);
const except = (set: ByteSet): ByteSet => ANY ^ set;
/** The bytes for which `test` holds, each taken as the character U+0000 to U+00FF. */
const bytesLike = (test: RegExp): ByteSet => {
  let set = NOTHING;
  for (let byte = 0; byte < 256; byte++) if (test.test(String.fromCharCode(byte))) set |= one(byte);
  return set;
};
const DIGIT = bytesLike(/\d/);
const WORD = bytesLike(/\w/);
const SPACE = bytesLike(/\s/);
const CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ["d", DIGIT],
  ["D", except(DIGIT)],
  ["w", WORD],
  ["W", except(WORD)],
  ["s", SPACE],
  ["S", except(SPACE)],
]);
const DOT = bytesLike(/./);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
]);

function range(low: number, high: number, text: string): ByteSet {
  if (low > high) throw new PatternError(`the range \`${text}\` ends before it starts`);
  let set = NOTHING;
  for (let byte = low; byte <= high && byte < 256; byte++) set |= one(byte);
  return set;
}

/** `* ? [a-z] [!a-z]`, everything else is itself; the whole text must match. `glob` has one character per byte. */
export function parseGlob(glob: string): Pattern {
  const parts = glob.match(/\[!?[^\]]*\]|[\s\S]/g) ?? [];
  const of = parts.map((part): Pattern => {
    if (part === "*") return { kind: "repeat", of: { kind: "bytes", set: ANY }, min: 0, max: Infinity };
    if (part === "?") return { kind: "bytes", set: ANY };
    if (part.length === 1) return { kind: "bytes", set: one(part.charCodeAt(0)) };
    const negated = part.startsWith("[!");
    const set = globClass(part.slice(negated ? 2 : 1, -1));
    return { kind: "bytes", set: negated ? except(set) : set };
  });
  return { kind: "sequence", of: [{ kind: "start" }, ...of, { kind: "end" }] };
}

function globClass(body: string): ByteSet {
  let set = NOTHING;
  for (const [item] of body.matchAll(/[\s\S]-[\s\S]|[\s\S]/g)) {
    set |= item.length === 3 ? range(item.charCodeAt(0), item.charCodeAt(2), item) : one(item.charCodeAt(0));
  }
  return set;
}

/** Throws PatternError for what is not a regular expression, or not a regular language. One character per byte. */
export function parseRegex(source: string): Pattern {
  try {
    new RegExp(source);
  } catch (error) {
    throw new PatternError((error as SyntaxError).message.replace(/^Invalid regular expression: /, ""));
  }
  return new RegexParser(source).parse();
}

/** Of a source that the engine accepts, so that only what has no automaton needs to be refused. */
class RegexParser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Pattern {
    return this.#choice();
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #eat(text: string): boolean {
    const there = this.#peek(text);
    if (there) this.#at += text.length;
    return there;
  }

  #match(regex: RegExp): RegExpExecArray | undefined {
    regex.lastIndex = this.#at;
    const found = regex.exec(this.#source);
    if (found) this.#at = regex.lastIndex;
    return found ?? undefined;
  }

  #next(): string {
    return this.#source[this.#at++]!;
  }

  #choice(): Pattern {
    const of = [this.#sequence()];
    while (this.#eat("|")) of.push(this.#sequence());
    return of.length === 1 ? of[0]! : { kind: "choice", of };
  }

  #sequence(): Pattern {
    const of: Pattern[] = [];
    while (this.#at < this.#source.length && !this.#peek("|") && !this.#peek(")")) of.push(this.#term());
    return { kind: "sequence", of };
  }

  #term(): Pattern {
    if (this.#eat("^")) return { kind: "start" };
    if (this.#eat("$")) return { kind: "end" };
    const of = this.#atom();
    const found = this.#match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y);
    if (!found) return of;
    const [, sign, low, comma, high] = found;
    if (sign) return { kind: "repeat", of, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity };
    const min = Number(low);
    return { kind: "repeat", of, min, max: high ? Number(high) : comma ? Infinity : min };
  }

  #atom(): Pattern {
    if (this.#eat("(")) return this.#group();
    if (this.#eat("[")) return { kind: "bytes", set: this.#class() };
    if (this.#eat(".")) return { kind: "bytes", set: DOT };
    if (this.#eat("\\")) return { kind: "bytes", set: this.#escape(false) };
    return { kind: "bytes", set: one(this.#next().charCodeAt(0)) };
  }

  #group(): Pattern {
    const opener = this.#match(/\?(?::|<?[=!]|<[^>]*>|[a-z-]+:)/y)?.[0] ?? "";
    if (/[=!]$/.test(opener)) throw new PatternError(`\`(${opener}\` looks around, which is not supported`);
    if (/^\?[a-z-]/.test(opener)) throw new PatternError(`\`(${opener}\` sets flags, which is not supported`);
    const inside = this.#choice();
    this.#eat(")");
    return inside;
  }

  /** After the backslash. */
  #escape(inClass: boolean): ByteSet {
    const letter = this.#next();
    const set = CLASSES.get(letter);
    if (set !== undefined) return set;
    if (inClass && letter === "b") return one(8);
    if (/[bB]/.test(letter)) throw new PatternError(`\`\\${letter}\` looks around, which is not supported`);
    if (/[1-9k]/.test(letter)) throw new PatternError(`\`\\${letter}\` refers back, which is not supported`);
    return one(this.#character(letter));
  }

  #character(letter: string): number {
    const control = CONTROLS.get(letter);
    if (control !== undefined) return control;
    const digits = { x: /[\da-f]{2}/iy, u: /[\da-f]{4}/iy }[letter];
    const hex = digits && this.#match(digits);
    if (hex) return Number.parseInt(hex[0], 16);
    if (/[0-9A-Za-z]/.test(letter)) throw new PatternError(`\`\\${letter}\` is not supported`);
    return letter.charCodeAt(0);
  }

  /** After the opening bracket. */
  #class(): ByteSet {
    const negated = this.#eat("^");
    let set = NOTHING;
    while (!this.#eat("]")) {
      const start = this.#at;
      const low = this.#classItem();
      const single = typeof low === "number";
      if (!this.#peek("-") || this.#peek("-]")) {
        set |= single ? one(low) : low;
        continue;
      }
      this.#at++;
      const high = this.#classItem();
      const text = this.#source.slice(start, this.#at);
      if (!single || typeof high !== "number") throw new PatternError(`\`${text}\` is not a range`);
      set |= range(low, high, text);
    }
    return negated ? except(set) : set;
  }

  /** A character, or the set that an escape stands for. */
  #classItem(): number | ByteSet {
    const character = this.#next();
    if (character !== "\\") return character.charCodeAt(0);
    const set = CLASSES.get(this.#source[this.#at]!);
    if (set !== undefined) {
      this.#at++;
      return set;
    }
    if (this.#eat("b")) return 8;
    return this.#character(this.#next());
  }
}
