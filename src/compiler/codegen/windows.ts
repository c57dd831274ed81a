import type { Bytes, Cond, Load, Value } from "./ir.ts";

/**
 * With `bpf_probe_read_kernel` a call costs far more than the bytes it copies, so members of one structure that lie
 * near each other are read together: a window. Which windows there are is decided for a whole function beforehand;
 * each is filled when the first of its members is needed.
 */
export interface Window {
  /** Of the base pointer and the window: says in the emitter that the window is filled. */
  readonly key: string;
  readonly start: number;
  readonly size: number;
}

/** Two reads are joined if at most this many bytes lie between them: copying them costs less than a call. */
const GAP = 32;
const LARGEST = 64;

export class Windows {
  readonly #windows = new Map<string, Window[]>();

  /** `roots`: everything that the function may evaluate. `budget`: bytes that all windows may take. */
  constructor(roots: readonly Node[], budget: number) {
    const ranges = new Map<string, { start: number; end: number }[]>();
    for (const root of roots) {
      walk(root, (node) => {
        if (node.op !== "load") return;
        const key = keyOf(node.base);
        const list = ranges.get(key);
        const range = { start: node.offset, end: node.offset + node.size };
        if (list) list.push(range);
        else ranges.set(key, [range]);
      });
    }
    let left = budget;
    for (const [base, list] of ranges) {
      for (const { start, end, members } of cluster(list)) {
        const size = end - start;
        if (members < 2 || size > left) continue;
        left -= Math.ceil(size / 8) * 8;
        const window = { key: `${base}+${start}`, start, size };
        const of = this.#windows.get(base);
        if (of) of.push(window);
        else this.#windows.set(base, [window]);
      }
    }
  }

  find(load: Load): Window | undefined {
    return this.#windows
      .get(keyOf(load.base))
      ?.find((w) => load.offset >= w.start && load.offset + load.size <= w.start + w.size);
  }
}

/** A window starts on a multiple of 8, so that what is aligned in the structure is aligned on the stack. */
function cluster(list: { start: number; end: number }[]): { start: number; end: number; members: number }[] {
  const sorted = [...list].sort((a, b) => a.start - b.start || a.end - b.end);
  const out: { start: number; end: number; members: number }[] = [];
  let previous: { start: number; end: number } | undefined;
  for (const { start, end } of sorted) {
    const last = out.at(-1);
    if (last && start - last.end <= GAP && Math.max(end, last.end) - last.start <= LARGEST) {
      if (end > last.end || start !== previous?.start || end !== previous.end) last.members++;
      last.end = Math.max(last.end, end);
    } else out.push({ start: start - (start % 8), end, members: 1 });
    previous = { start, end };
  }
  return out;
}

const keys = new WeakMap<Node, string>();
/** Values are equal if they read the same; the text is the identity. */
export function keyOf(value: Node): string {
  let key = keys.get(value);
  if (key === undefined) {
    key = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
    keys.set(value, key);
  }
  return key;
}

/** Calls `visit` for this and everything below. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of Object.values(node) as unknown[]) {
    if (Array.isArray(child)) {
      for (const one of child) if (isNode(one)) walk(one, visit);
    } else if (isNode(child)) walk(child, visit);
  }
}

export type Node = Value | Cond | Bytes;
const isNode = (x: unknown): x is Node => typeof x === "object" && x !== null && "op" in x;
