import type { Later } from "./later.ts";

/** A tunnel as `ip -d link` shows it. */
export interface TunnelDevice {
  readonly name: string;
  readonly kind: string;
  readonly mtu?: number;
  /** VNI of a VXLAN device. */
  readonly id?: number;
  readonly local?: string;
  readonly remote?: string;
  readonly key?: number;
}

/** Tunnels of a namespace; undefined: nobody can say. */
export function tunnels(
  later: Later,
  netns: number | undefined,
  kind: string,
): readonly TunnelDevice[] | undefined {
  const text = later.run(netns, ["ip", "-d", "-o", "link", "show", "type", kind]);
  if (text === undefined) return undefined;
  return (
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => parse(line, kind))
      // The fallback device of a namespace takes nothing that has an address.
      .filter(({ name }) => !/^(gre0|tunl0|sit0|gretap0|erspan0|ip6tnl0)$/.test(name))
  );
}

function parse(line: string, kind: string): TunnelDevice {
  const name = /^\d+: ([^:@]+)/.exec(line)?.[1] ?? "?";
  const own = line.slice(line.indexOf(` ${kind} `));
  const word = (pattern: RegExp): string | undefined => pattern.exec(own)?.[1];
  const [mtu, id] = [/ mtu (\d+)/.exec(line)?.[1], word(/ id (\d+)/)];
  const [local, remote, key] = [word(/ local (\S+)/), word(/ remote (\S+)/), word(/ i?key (\S+)/)];
  return {
    name,
    kind,
    ...(mtu && { mtu: Number(mtu) }),
    ...(id && { id: Number(id) }),
    ...(local && { local }),
    ...(remote && { remote }),
    ...(key && { key: keyNumber(key) }),
  };
}

/** iproute2 writes keys as addresses. */
const keyNumber = (text: string): number =>
  text.includes(".") ? text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0) : Number(text);

export const tunnelDevice = (
  later: Later,
  netns: number | undefined,
  { kind, id }: { readonly kind: string; readonly id: number },
): TunnelDevice | undefined => tunnels(later, netns, kind)?.find((device) => device.id === id);
