import ipaddr from "ipaddr.js";

/** An address as text (RFC 5952 for IPv6). */
export function formatAddress(version: 4 | 6, value: bigint): string {
  const octets = Array.from({ length: version === 4 ? 4 : 16 }, (_, i, of = version === 4 ? 3 : 15) =>
    Number((value >> BigInt(8 * (of - i))) & 0xffn),
  );
  return ipaddr.fromByteArray(octets).toString();
}
