/** So many values, or characters in them, are remembered before both sides begin anew. */
const MAX_VALUES = 32_768;
const MAX_CHARACTERS = 2_000_000;

/**
 * Values that the sandbox knows by number. Texts repeat themselves in traffic, and handing one over costs a hundred
 * times as much as its number. Number 0 is undefined.
 */
export class Interning {
  readonly #texts = new Map<string, number>();
  readonly #values = new Map<string, number>();
  #fresh: string[] = [];
  #next = 1;
  #characters = 0;

  text(text: string): number {
    return this.#texts.get(text) ?? this.#add(this.#texts, text, JSON.stringify(text));
  }

  /** Anything, as JSON. */
  json(json: string): number {
    return this.#values.get(json) ?? this.#add(this.#values, json, json);
  }

  /** What the sandbox does not have yet, as a JSON list. */
  take(): string {
    if (this.#fresh.length === 0) return "";
    const list = `[${this.#fresh.join(",")}]`;
    this.#fresh = [];
    return list;
  }

  /** Forgets everything if it has become much; true: the sandbox has to, too. Only between batches. */
  trim(): boolean {
    if (this.#next < MAX_VALUES && this.#characters < MAX_CHARACTERS) return false;
    this.#texts.clear();
    this.#values.clear();
    this.#next = 1;
    this.#characters = 0;
    return true;
  }

  #add(known: Map<string, number>, key: string, json: string): number {
    const id = this.#next++;
    known.set(key, id);
    this.#fresh.push(json);
    this.#characters += json.length;
    return id;
  }
}
