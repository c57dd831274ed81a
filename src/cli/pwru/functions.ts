/** Which functions `--filter-func` selects: globs where that says the same, else the regular expression. */
export type Functions =
  | { readonly kind: "globs"; readonly globs: readonly string[] }
  | { readonly kind: "pattern"; readonly pattern: string };

/** More globs than these say less than the pattern does. */
const MAX_GLOBS = 12;

/**
 * From pwru's regular expression (RE2, of the whole name) to globs: literals, `.`, `.*`, `.+`, classes, optional
 * characters, and alternatives, which are multiplied out. What globs cannot say stays a pattern.
 */
export function functionsOf(regex: string): Functions {
  const globs = new Reader(regex.replace(/^\^|(?<!\\)\$$/g, "")).read();
  return globs && globs.length <= MAX_GLOBS
    ? { kind: "globs", globs: [...new Set(globs)] }
    : { kind: "pattern", pattern: `^(?:${regex})$` };
}

/** Recursive descent over the few forms above; undefined for anything else. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly string[] | undefined {
    const found = this.#choice();
    return this.#at === this.#text.length ? found : undefined;
  }

  #choice(): readonly string[] | undefined {
    const all: string[] = [];
    do {
      const one = this.#sequence();
      if (!one) return undefined;
      all.push(...one);
    } while (this.#take("|"));
    return all;
  }

  #sequence(): readonly string[] | undefined {
    let all: readonly string[] = [""];
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at]!)) {
      const next = this.#repeated();
      if (!next) return undefined;
      all = all.flatMap((start) => next.map((end) => start + end));
      if (all.length > MAX_GLOBS) return undefined;
    }
    // An empty name matches nothing, and is no glob.
    return all.includes("") ? undefined : all;
  }

  #repeated(): readonly string[] | undefined {
    const item = this.#item();
    if (!item) return undefined;
    if (this.#take("?")) return [...item, ""];
    const any = item.length === 1 && item[0] === "?";
    if (this.#take("*")) return any ? ["*"] : undefined;
    if (this.#take("+")) return any ? ["?*"] : undefined;
    return /[{]/.test(this.#text[this.#at] ?? "") ? undefined : item;
  }

  #item(): readonly string[] | undefined {
    if (this.#take("(?:") || this.#take("(")) {
      const inner = this.#choice();
      return inner && this.#take(")") ? inner : undefined;
    }
    if (this.#take(".")) return ["?"];
    const rest = this.#text.slice(this.#at);
    const [found] = /^(?:\[\^?[\w.-]+\]|\\d|\\\.|\w)/.exec(rest) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    if (found === "\\d") return ["[0-9]"];
    if (found === "\\.") return ["."];
    return [found.replace(/^\[\^/, "[!")];
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    // `(?i)` and its like are no groups of this kind.
    if (text === "(" && this.#text[this.#at + 1] === "?") return false;
    this.#at += text.length;
    return true;
  }
}
