import { COOKIE } from "../layout.ts";

export type CookieFields = Partial<Record<keyof typeof COOKIE, number>>;

/** Packs what a point must know into its attach cookie; see `COOKIE` in layout.ts. */
export function packCookie(fields: CookieFields): bigint {
  let cookie = 0n;
  for (const [name, [first, bits]] of Object.entries(COOKIE)) {
    const value = fields[name as keyof typeof COOKIE] ?? 0;
    if (value < 0 || value >= 2 ** bits)
      throw new RangeError(`cookie field ${name}: ${value} needs more than ${bits} bits`);
    cookie |= BigInt(value) << BigInt(first);
  }
  return cookie;
}

/** The fields of a cookie. */
export function unpackCookie(cookie: bigint): Readonly<Record<keyof typeof COOKIE, number>> {
  const fields = Object.entries(COOKIE).map(([name, [first, bits]]) => [
    name,
    Number(BigInt.asUintN(bits, cookie >> BigInt(first))),
  ]);
  return Object.fromEntries(fields) as Record<keyof typeof COOKIE, number>;
}
