import ipaddr from "ipaddr.js";
import { type Reading, right, wrong } from "./reading.ts";

export type AddressValue =
  | { readonly kind: "Ip"; readonly version: 4 | 6; readonly value: bigint }
  | { readonly kind: "Cidr"; readonly version: 4 | 6; readonly address: bigint; readonly prefix: number }
  | { readonly kind: "Mac"; readonly value: bigint };

/** Reads an IPv4 or IPv6 address (RFC 4291 section 2.2), one with a prefix length, or a MAC address. */
export function readAddress(image: string): Reading<AddressValue> {
  if (/^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$/.test(image))
    return right({ kind: "Mac", value: BigInt(`0x${image.replace(/[:-]/g, "")}`) });
  if (looksLikeMac(image))
    return wrong(
      "PWQ1008",
      `\`${image}\` is not a MAC address`,
      "six pairs of hexadecimal digits: `aa:bb:cc:dd:ee:ff`",
    );

  const slash = image.indexOf("/");
  const host = slash < 0 ? image : image.slice(0, slash);
  const version = host.includes(":") ? 6 : 4;
  const address = version === 4 ? readIpv4(host) : readIpv6(host);
  if (!address.ok) return address;
  if (slash < 0) return right({ kind: "Ip", version, value: address.value });
  const prefix = readPrefix(image, slash, version);
  return prefix.ok ? right({ kind: "Cidr", version, address: address.value, prefix: prefix.value }) : prefix;
}

/** Pairs (or single digits) with colons, and neither eight groups nor `::`, which would make it IPv6. */
function looksLikeMac(image: string): boolean {
  const groups = image.split(":");
  return groups.length >= 5 && groups.length <= 7 && groups.every((group) => /^\w{1,2}$/.test(group));
}

function readIpv4(host: string): Reading<bigint> {
  const parts = host.split(".");
  const label = (() => {
    if (parts.length !== 4) return "an IPv4 address has four numbers";
    const strange = parts.find((part) => !/^\d+$/.test(part));
    if (strange !== undefined)
      return `\`${strange}\` is not a number; for all of them, write a network like \`10.0.0.0/24\``;
    // 010 is 8 to some programs and 10 to others.
    const padded = parts.find((part) => /^0\d/.test(part));
    if (padded !== undefined) return `write \`${BigInt(padded)}\` for \`${padded}\``;
    const large = parts.find((part) => part.length > 3 || Number(part) > 255);
    return large === undefined ? undefined : `\`${large}\` is more than 255`;
  })();
  if (label !== undefined) return wrong("PWQ1006", `\`${host}\` is not an IPv4 address`, label);
  return right(parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n));
}

function readIpv6(host: string): Reading<bigint> {
  const bad = (label: string) => wrong("PWQ1006", `\`${host}\` is not an IPv6 address`, label);
  if (host.includes("%")) return bad("an address has no zone here; test `iface` as well");
  const groups = host.split(":");
  const strange = groups.find((group) => !/^[0-9A-Fa-f.]*$/.test(group));
  if (strange !== undefined) return bad(`\`${strange}\` is not hexadecimal`);
  const long = groups.find((group) => !group.includes(".") && group.length > 4);
  if (long !== undefined) return bad(`\`${long}\` has more than four digits`);
  if (host.split("::").length > 2 || host.includes(":::")) return bad("`::` may stand once");
  if (!ipaddr.IPv6.isValid(host))
    return bad(host.includes("::") ? "it has too many groups" : "it has eight groups, or `::` for zeros");
  return right(
    ipaddr.IPv6.parse(host)
      .toByteArray()
      .reduce((value, octet) => (value << 8n) | BigInt(octet), 0n),
  );
}

function readPrefix(image: string, slash: number, version: 4 | 6): Reading<number> {
  const text = image.slice(slash + 1);
  const most = version === 4 ? 32 : 128;
  const place = { from: slash, to: image.length };
  const bad = (label: string) =>
    wrong("PWQ1007", `\`${image.slice(slash)}\` is not a prefix length`, label, place);
  if (/^\d{1,3}$/.test(text) && Number(text) <= most) return right(Number(text));
  const mask = version === 4 && text.includes(".") ? maskLength(text) : undefined;
  if (mask !== undefined) return bad(`write \`${image.slice(0, slash)}/${mask}\``);
  return bad(`IPv${version} has 0 to ${most}`);
}

/** 24 for `255.255.255.0`. */
function maskLength(text: string): number | undefined {
  const mask = readIpv4(text);
  if (!mask.ok) return undefined;
  const bits = mask.value.toString(2).padStart(32, "0");
  return /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : undefined;
}
