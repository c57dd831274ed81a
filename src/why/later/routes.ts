import type { Later } from "./later.ts";

/** What `ip route` says of the way to an address. */
export interface Route {
  readonly line: string;
  readonly dev?: string;
  /** `blackhole`, `unreachable`, `local` …; absent: an ordinary route. */
  readonly type?: string;
}

const family = (address: string): string => (address.includes(":") ? "-6" : "-4");

function parse(text: string | undefined): Route | undefined {
  const line = text?.split("\n", 1)[0]?.trim();
  if (!line) return undefined;
  const dev = /\bdev (\S+)/.exec(line)?.[1];
  const type = /^(local|broadcast|multicast|blackhole|unreachable|prohibit|throw)\b/.exec(line)?.[1];
  return { line: line.replace(/ uid \d+$/, ""), ...(dev && { dev }), ...(type && { type }) };
}

/** How a namespace would send to an address; undefined: it would not, or nobody can say. */
export const routeTo = (later: Later, netns: number | undefined, address: string): Route | undefined =>
  parse(later.run(netns, ["ip", family(address), "route", "get", address]));

/** The entry of the main table for an address that is not there by a route that refuses. */
export function routeIn(later: Later, netns: number | undefined, address: string): Route | undefined {
  const route = routeTo(later, netns, address);
  return route && /^(blackhole|unreachable|prohibit)/.test(route.line) ? undefined : route;
}

/** The route of that type that an address falls under. */
export function routeOfType(
  later: Later,
  netns: number | undefined,
  type: string,
  address: string,
): { readonly line: string; readonly prefix: string } | undefined {
  const text = later.run(netns, ["ip", family(address), "route", "show", "table", "all", "type", type]);
  const found = (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .map((line) => ({ line, prefix: /^\S+ (\S+)/.exec(line)?.[1] ?? "" }))
    .filter(({ prefix }) => prefix === "default" || contains(prefix, address));
  return found.sort((a, b) => lengthOf(b.prefix) - lengthOf(a.prefix))[0];
}

/** A device that is down and has an address in the same network. */
export function downHolder(
  later: Later,
  netns: number | undefined,
  address: string,
): { readonly dev: string; readonly prefix: string } | undefined {
  const links = later.run(netns, ["ip", "-o", "link", "show"]) ?? "";
  const addresses = later.run(netns, ["ip", "-o", family(address), "addr", "show"]) ?? "";
  const down = new Set(
    links
      .split("\n")
      .filter((line) => !/<[^>]*\bUP\b/.test(line))
      .map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1]),
  );
  for (const line of addresses.split("\n")) {
    const [, dev, prefix] = /^\d+: (\S+)\s+inet6? (\S+)/.exec(line) ?? [];
    if (dev !== undefined && prefix !== undefined && down.has(dev) && contains(prefix, address)) {
      return { dev, prefix };
    }
  }
  return undefined;
}

const lengthOf = (prefix: string): number =>
  prefix === "default" ? -1 : Number(prefix.split("/")[1] ?? 128);

/** Whether an address is in a network, `10.0.0.0/8` or an address alone. */
export function contains(prefix: string, address: string): boolean {
  const [network, length] = prefix.split("/");
  const [a, b] = [bits(network!), bits(address)];
  if (!a || !b || a.width !== b.width) return false;
  const shift = BigInt(a.width - Number(length ?? a.width));
  return a.value >> shift === b.value >> shift;
}

function bits(address: string): { readonly value: bigint; readonly width: 32 | 128 } | undefined {
  if (!address.includes(":")) {
    const octets = address.split(".").map(Number);
    if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet < 256))) return undefined;
    return { value: octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n), width: 32 };
  }
  const [head = "", tail] = address.split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [front, back] = [words(head), words(tail ?? "")];
  const fill = Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  const all = tail === undefined ? front : [...front, ...fill, ...back];
  if (all.length !== 8 || all.some((word) => !/^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return { value: all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n), width: 128 };
}
