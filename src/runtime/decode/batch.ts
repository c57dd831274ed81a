/**
 * The bytes of one batch under several views, so that a number is read without an object or a copy.
 * Readers are closures over one Batch whose views are replaced for every new batch.
 * Host order is little-endian on every architecture pwq runs on.
 */
export class Batch {
  u8: Uint8Array = new Uint8Array(0);
  u16: Uint16Array = new Uint16Array(0);
  u32: Uint32Array = new Uint32Array(0);
  i32: Int32Array = new Int32Array(0);

  /** Takes up whole records; a batch that does not begin at a multiple of eight in its buffer is copied. */
  use(bytes: Uint8Array): void {
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    const { buffer, byteOffset, byteLength } = aligned;
    this.u8 = aligned;
    this.u16 = new Uint16Array(buffer, byteOffset, byteLength >> 1);
    this.u32 = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    this.i32 = new Int32Array(buffer, byteOffset, byteLength >> 2);
  }
}

/** An unsigned 64-bit number as a double where that is exact, else as a bigint. */
export function u64(low: number, high: number): number | bigint {
  return high < 0x200000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
}

/** The same, signed; `high` is the upper half as a signed number. */
export function s64(low: number, high: number): number | bigint {
  return high >= -0x200000 && high < 0x200000
    ? high * 0x1_0000_0000 + low
    : (BigInt(high) << 32n) | BigInt(low);
}
