/** The string space of a BTF file: a module's offsets go on where those of vmlinux end. */
export class BtfStrings {
  readonly #own: Uint8Array;
  readonly #base: BtfStrings | undefined;
  /** First offset past this space. */
  readonly end: number;
  readonly #start: number;
  #text: string | undefined;

  constructor(own: Uint8Array, base?: BtfStrings) {
    this.#own = own;
    this.#base = base;
    this.#start = base?.end ?? 0;
    this.end = this.#start + own.length;
  }

  /** Undefined for an offset outside. C names are ASCII. */
  text(offset: number): string | undefined {
    if (offset < this.#start) return this.#base?.text(offset);
    if (offset >= this.end) return offset === 0 ? "" : undefined;
    this.#text ??= Buffer.from(this.#own.buffer, this.#own.byteOffset, this.#own.byteLength).toString(
      "latin1",
    );
    const from = offset - this.#start;
    return this.#text.slice(from, this.#text.indexOf("\0", from));
  }

  hash(offset: number): number {
    if (offset < this.#start) return this.#base?.hash(offset) ?? 0;
    return hashName(this.#own, offset - this.#start);
  }

  /** Whether the name at `offset` is `wanted`, which ends with its NUL. */
  equals(offset: number, wanted: Uint8Array): boolean {
    if (offset < this.#start) return this.#base?.equals(offset, wanted) ?? false;
    return startsWith(this.#own, offset - this.#start, wanted);
  }

  /** Whether the name at `offset` starts with `prefix`. */
  startsWith(offset: number, prefix: Uint8Array): boolean {
    if (offset < this.#start) return this.#base?.startsWith(offset, prefix) ?? false;
    return startsWith(this.#own, offset - this.#start, prefix);
  }
}

function startsWith(bytes: Uint8Array, from: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[from + i] !== prefix[i]) return false;
  return true;
}

/** FNV-1a over the bytes up to the NUL. */
export function hashName(bytes: Uint8Array, from: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < bytes.length && bytes[i] !== 0; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
