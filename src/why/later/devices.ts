import type { Later } from "./later.ts";

/** `qdisc tbf 1: root refcnt 2 rate 8Kbit …`: the queue that a device sends from, with its counters. */
export function qdiscOf(later: Later, netns: number | undefined, dev: string): string | undefined {
  const text = later.run(netns, ["tc", "-s", "qdisc", "show", "dev", dev, "root"]);
  const lines = text?.split("\n").map((line) => line.trim());
  const dropped = /\(dropped (\d+)/.exec(text ?? "")?.[1];
  const head = lines?.[0];
  return head === undefined || head === ""
    ? undefined
    : `${head}${dropped === undefined ? "" : `, dropped ${dropped}`}`;
}

/** A filter at tc that drops, or a program that may. */
export interface TcFilter {
  readonly kind: string;
  readonly line: string;
}

export function tcFilters(
  later: Later,
  netns: number | undefined,
  dev: string,
  direction: "ingress" | "egress",
): readonly TcFilter[] | undefined {
  const text = later.run(netns, ["tc", "filter", "show", "dev", dev, direction]);
  if (text === undefined) return undefined;
  // A filter begins at the margin; its actions are below.
  const blocks = text.split(/\n(?=filter )/).map((block) => block.replace(/\s+/g, " ").trim());
  return blocks.flatMap((line) => {
    const kind = /^filter .*?pref \d+ (\w+)/.exec(line)?.[1];
    const drops = / action drop| gact action drop|direct-action| chain 0 handle .*bpf/.test(line);
    return kind !== undefined && drops && / handle |action/.test(line)
      ? [{ kind, line: line.slice(0, LONGEST) }]
      : [];
  });
}

const LONGEST = 160;

/** What `ip link` says of a device. */
export interface Link {
  /** `NO-CARRIER`, `UP`, `LOWER_UP` … */
  readonly flags: readonly string[];
  /** An XDP program, with its mode as `ip` names it. */
  readonly xdp?: { readonly mode: string; readonly id?: number };
  readonly txQueueLength?: number;
}

export function linkOf(later: Later, netns: number | undefined, dev: string): Link | undefined {
  const text = later.run(netns, ["ip", "-d", "-o", "link", "show", "dev", dev]);
  if (text === undefined) return undefined;
  const flags = /<([^>]*)>/.exec(text)?.[1]?.split(",") ?? [];
  const xdp = /\b(xdp(?:generic|offload|multi|drv)?)[/ ]/.exec(text)?.[1];
  const id = /prog\/xdp id (\d+)/.exec(text)?.[1];
  const qlen = /\bqlen (\d+)/.exec(text)?.[1];
  return {
    flags,
    ...(xdp && { xdp: { mode: xdp, ...(id && { id: Number(id) }) } }),
    ...(qlen && { txQueueLength: Number(qlen) }),
  };
}
