import type { Later } from "./later.ts";

/** What `ip route get` says of the way to an address. */
export interface Route {
  readonly line: string;
  readonly dev?: string;
  /** `blackhole`, `unreachable`, `local` …; absent: an ordinary route. */
  readonly type?: string;
  readonly via?: string;
}

/** The route to an address from a namespace, or why there is none. */
export function routeTo(
  later: Later,
  netns: number | undefined,
  address: string,
  more: readonly string[] = [],
): Route | undefined {
  const text = later.run(netns, ["ip", "route", "get", address, ...more]);
  const line = text?.split("\n", 1)[0]?.trim();
  if (!line) return undefined;
  const word = (after: string): string | undefined => new RegExp(`\\b${after} (\\S+)`).exec(line)?.[1];
  const type = /^(local|broadcast|multicast|blackhole|unreachable|prohibit|throw)\b/.exec(line)?.[1];
  const [dev, via] = [word("dev"), word("via")];
  return { line, ...(dev && { dev }), ...(type && { type }), ...(via && { via }) };
}
