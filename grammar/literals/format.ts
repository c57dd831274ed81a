/** Values back to the text that reads as them, in one canonical form. */
import ipaddr from "ipaddr.js";
import { DURATION_UNITS, SIZE_UNITS } from "./units.ts";

/** The largest unit that leaves a whole number. */
function inUnits(value: bigint, units: Readonly<Record<string, bigint>>, zero: string): string {
  const fitting = Object.entries(units).filter(([, scale]) => value % scale === 0n);
  const [unit, scale] = fitting.reduce((best, next) => (next[1] > best[1] ? next : best));
  return value === 0n ? zero : `${value / scale}${unit}`;
}

/** Nanoseconds: `1500ms`. */
export const formatDuration = (nanoseconds: bigint): string => inUnits(nanoseconds, DURATION_UNITS, "0s");

/** Bytes: `64KiB`. */
export const formatSize = (bytes: bigint): string => inUnits(bytes, SIZE_UNITS, "0B");

/** An address as RFC 5952 writes it: `10.0.0.1`, `fe80::1`. */
export function formatIp(version: 4 | 6, value: bigint): string {
  const octets = bytes(value, version === 4 ? 4 : 16);
  return version === 4 ? octets.join(".") : new ipaddr.IPv6(octets).toRFC5952String();
}

/** `aa:bb:cc:dd:ee:ff` */
export const formatMac = (value: bigint): string =>
  bytes(value, 6)
    .map((octet) => octet.toString(16).padStart(2, "0"))
    .join(":");

/** Most significant octet first. */
const bytes = (value: bigint, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * (count - 1 - i))) & 0xffn));

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\0": "\\0",
};

/** A string in its quotes. */
export const formatString = (value: string): string =>
  `"${value.replace(/["\\\p{Cc}]/gu, (char) => ESCAPES[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`)}"`;
