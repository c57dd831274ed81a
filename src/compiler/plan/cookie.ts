import { COOKIE } from "../layout.ts";

export type CookieFields = Partial<Record<keyof typeof COOKIE, number>>;

const FIELDS = Object.entries(COOKIE);

/**
 * Packs what a point must know into its attach cookie; see `COOKIE` in layout.ts. There are thousands of points, so the
 * halves are put together as numbers; no field is in both.
 */
export function packCookie(fields: CookieFields): bigint {
  const halves: [number, number] = [0, 0];
  for (const [name, [first, bits]] of FIELDS) {
    const value = fields[name as keyof typeof COOKIE] ?? 0;
    if (value < 0 || value >= 2 ** bits)
      throw new RangeError(`cookie field ${name}: ${value} needs more than ${bits} bits`);
    halves[first < 32 ? 0 : 1] += value * 2 ** (first % 32);
  }
  return (BigInt(halves[1]) << 32n) | BigInt(halves[0]);
}

/** The fields of a cookie. */
export function unpackCookie(cookie: bigint): Readonly<Record<keyof typeof COOKIE, number>> {
  const fields = Object.entries(COOKIE).map(([name, [first, bits]]) => [
    name,
    Number(BigInt.asUintN(bits, cookie >> BigInt(first))),
  ]);
  return Object.fromEntries(fields) as Record<keyof typeof COOKIE, number>;
}
