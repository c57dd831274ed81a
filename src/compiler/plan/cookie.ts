import { COOKIE } from "../layout.ts";

export type CookieFields = Partial<Record<keyof typeof COOKIE, number>>;

const FIELDS = Object.entries(COOKIE).map(([name, [first, bits]]) => ({
  name: name as keyof typeof COOKIE,
  high: first >= 32,
  factor: 2 ** (first % 32),
  end: 2 ** bits,
}));

/**
 * Packs what a point must know into its attach cookie; see `COOKIE` in layout.ts. There are thousands of points, so the
 * halves are put together as numbers; no field is in both.
 */
export function packCookie(fields: CookieFields): bigint {
  let low = 0;
  let high = 0;
  for (let i = 0; i < FIELDS.length; i++) {
    const field = FIELDS[i]!;
    const value = fields[field.name];
    if (!value) continue;
    if (value < 0 || value >= field.end)
      throw new RangeError(`cookie field ${field.name}: ${value} is not below ${field.end}`);
    if (field.high) high += value * field.factor;
    else low += value * field.factor;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Reads single fields of a cookie. */
export function cookieFields(cookie: bigint): (name: keyof typeof COOKIE) => number {
  const low = Number(BigInt.asUintN(32, cookie));
  const high = Number(cookie >> 32n);
  return (name) => {
    const [first, bits] = COOKIE[name];
    return ((first < 32 ? low : high) >>> (first % 32)) & (2 ** bits - 1);
  };
}

/** All fields of a cookie. */
export function unpackCookie(cookie: bigint): Readonly<Record<keyof typeof COOKIE, number>> {
  const field = cookieFields(cookie);
  const fields = FIELDS.map(({ name }) => [name, field(name)]);
  return Object.fromEntries(fields) as Record<keyof typeof COOKIE, number>;
}
