/** The string space of a BTF file: a module's offsets go on where those of vmlinux end. Names in C are ASCII. */
export class BtfStrings {
  /** First offset past this space. */
  readonly end: number;
  readonly own: Buffer;
  readonly #base: BtfStrings | undefined;
  readonly #start: number;

  constructor(own: Uint8Array, base?: BtfStrings) {
    this.own = Buffer.from(own.buffer, own.byteOffset, own.byteLength);
    this.#base = base;
    this.#start = base?.end ?? 0;
    this.end = this.#start + own.length;
  }

  /** The bytes below the first offset of its own. */
  get base(): Uint8Array {
    return this.#base?.own ?? new Uint8Array();
  }

  /** The string that begins there. Undefined for an offset outside. */
  text(offset: number): string | undefined {
    if (offset < this.#start) return this.#base?.text(offset);
    if (offset >= this.end) return offset === 0 ? "" : undefined;
    const from = offset - this.#start;
    return this.own.toString("latin1", from, this.own.indexOf(0, from));
  }

  /** Whether the string at `offset` starts with `prefix`. */
  startsWith(offset: number, prefix: string): boolean {
    for (let i = 0; i < prefix.length; i++) if (this.#byte(offset + i) !== prefix.charCodeAt(i)) return false;
    return true;
  }

  #byte(offset: number): number | undefined {
    return offset < this.#start ? this.#base?.own[offset] : this.own[offset - this.#start];
  }
}
