import type { Bytes, Cond, Value } from "./ir.ts";

/** Ops that look at a packet's view: the one of the packet itself or of the one inside it. */
const OF_A_VIEW: ReadonlySet<unknown> = new Set(["view", "header", "has", "pcap"]);

/** The same of the packet inside a tunnel: everything that looks at a view looks at that packet's. */
export function ofInner<T extends Value | Cond | Bytes>(node: T): T {
  return moved(node) as T;
}

function moved(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(moved);
  if (typeof part !== "object" || part === null || !("op" in part)) return part;
  const inside = Object.entries(part).map(([key, value]) => [key, moved(value)] as const);
  return { ...Object.fromEntries(inside), ...(OF_A_VIEW.has(part.op) ? { inner: true } : {}) };
}
