import { ByteWriter } from "./byte-writer.ts";

const encoder = new TextEncoder();

/** NUL-terminated strings, each once, addressed by offset; the empty string is at 0. ELF and BTF have the same form. */
export class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #writer = new ByteWriter();

  constructor() {
    this.add("");
  }

  /** The offset of `text`. */
  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#writer.size;
    this.#offsets.set(text, offset);
    this.#writer.append(encoder.encode(text.replaceAll("\0", "\u2400")));
    this.#writer.u8(0);
    return offset;
  }

  bytes(): Uint8Array {
    return this.#writer.bytes();
  }
}
