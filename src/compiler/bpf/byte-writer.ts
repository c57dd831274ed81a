/** A growing little-endian byte buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  // Room is claimed first everywhere: growing replaces the buffer.
  u8(value: number): void {
    const at = this.#claim(1);
    this.#view.setUint8(at, value);
  }
  u16(value: number): void {
    const at = this.#claim(2);
    this.#view.setUint16(at, value, true);
  }
  u32(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#claim(4);
      this.#view.setUint32(at, value, true);
    }
  }
  u64(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#claim(8);
      this.#view.setBigUint64(at, BigInt(value), true);
    }
  }
  append(bytes: Uint8Array): void {
    const at = this.#claim(bytes.length);
    this.#bytes.set(bytes, at);
  }
  /** Zeroes up to the next multiple of `alignment`. */
  align(alignment: number): void {
    this.#claim((alignment - (this.#size % alignment)) % alignment);
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #claim(count: number): number {
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
