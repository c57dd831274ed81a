/** The string space of a BTF file: a module's offsets go on where those of vmlinux end. */
export class BtfStrings {
  /** First offset past this space. */
  readonly end: number;
  readonly #own: Uint8Array;
  readonly #base: BtfStrings | undefined;
  readonly #start: number;
  readonly #offsets = new Map<string, readonly number[]>();
  #text: string | undefined;

  constructor(own: Uint8Array, base?: BtfStrings) {
    this.#own = own;
    this.#base = base;
    this.#start = base?.end ?? 0;
    this.end = this.#start + own.length;
  }

  /** The string that begins there. Undefined for an offset outside. */
  text(offset: number): string | undefined {
    if (offset < this.#start) return this.#base?.text(offset);
    if (offset >= this.end) return offset === 0 ? "" : undefined;
    const from = offset - this.#start;
    return this.#all.slice(from, this.#all.indexOf("\0", from));
  }

  /** Every offset at which this string begins: more than one if it is also the end of a longer one. */
  offsets(text: string): readonly number[] {
    let offsets = this.#offsets.get(text);
    if (!offsets) {
      offsets = [...(this.#base?.offsets(text) ?? []), ...this.#search(`${text}\0`)];
      this.#offsets.set(text, offsets);
    }
    return offsets;
  }

  /** Whether the string at `offset` starts with `prefix`. */
  startsWith(offset: number, prefix: Uint8Array): boolean {
    if (offset < this.#start) return this.#base?.startsWith(offset, prefix) ?? false;
    const from = offset - this.#start;
    for (let i = 0; i < prefix.length; i++) if (this.#own[from + i] !== prefix[i]) return false;
    return true;
  }

  *#search(wanted: string): Generator<number> {
    for (let at = this.#all.indexOf(wanted); at >= 0; at = this.#all.indexOf(wanted, at + 1)) {
      yield this.#start + at;
    }
  }

  /** Names in C are ASCII, so characters are bytes. Made once: slices of it share its memory. */
  get #all(): string {
    this.#text ??= Buffer.from(this.#own.buffer, this.#own.byteOffset, this.#own.byteLength).toString(
      "latin1",
    );
    return this.#text;
  }
}
