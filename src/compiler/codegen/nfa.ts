import { type ByteSet, type Pattern, PatternError } from "./pattern.ts";

/**
 * A nondeterministic automaton by Thompson's construction. Nodes are numbers. `bytes[n]` is the edge that uses up a byte,
 * `empty[n]` are those that use up none; these may be passable only at the start or at the end of the text.
 */
export interface Nfa {
  readonly bytes: readonly (ByteEdge | undefined)[];
  readonly empty: readonly (readonly EmptyEdge[])[];
  readonly first: number;
  readonly final: number;
}
interface ByteEdge {
  readonly set: ByteSet;
  readonly to: number;
}
interface EmptyEdge {
  readonly to: number;
  readonly only?: "start" | "end";
}

/** Repetitions are written out, so nested ones multiply; a pattern for a name of 128 bytes needs far fewer. */
const MAX_NODES = 20_000;

/** `maxLength`: texts are not longer, so more repetitions than that are as good as that many and one. */
export function buildNfa(pattern: Pattern, maxLength: number): Nfa {
  const bytes: (ByteEdge | undefined)[] = [];
  const empty: EmptyEdge[][] = [];
  const node = (): number => {
    if (empty.length >= MAX_NODES) throw new PatternError("the pattern is too large");
    bytes.push(undefined);
    empty.push([]);
    return empty.length - 1;
  };
  /** Adds the automaton of `part` from a node on; returns the node where it ends. */
  const add = (part: Pattern, from: number): number => {
    switch (part.kind) {
      case "bytes": {
        const step = node();
        const to = node();
        empty[from]!.push({ to: step });
        bytes[step] = { set: part.set, to };
        return to;
      }
      case "start":
      case "end": {
        const to = node();
        empty[from]!.push({ to, only: part.kind });
        return to;
      }
      case "sequence":
        return part.of.reduce((at, next) => add(next, at), from);
      case "choice": {
        const to = node();
        for (const option of part.of) empty[add(option, from)]!.push({ to });
        return to;
      }
      case "repeat":
        return repeat(part.of, Math.min(part.min, maxLength + 1), part.max, from);
    }
  };
  const repeat = (part: Pattern, min: number, max: number, from: number): number => {
    let at = from;
    for (let i = 0; i < min; i++) at = add(part, at);
    const to = node();
    if (max === Infinity) {
      const again = node();
      empty[at]!.push({ to: again });
      empty[add(part, again)]!.push({ to: again });
      empty[again]!.push({ to });
      return to;
    }
    empty[at]!.push({ to });
    for (let i = min; i < Math.min(max, maxLength + 1); i++) {
      at = add(part, at);
      empty[at]!.push({ to });
    }
    return to;
  };
  const first = node();
  return { bytes, empty, first, final: add(pattern, first) };
}

/** The nodes reached from `nodes` without a byte, at places that are the start (the end) of the text or not. */
export function closure(
  nfa: Nfa,
  nodes: Iterable<number>,
  at: { readonly start: boolean; readonly end: boolean },
): ReadonlySet<number> {
  const reached = new Set(nodes);
  for (const node of reached) {
    for (const { to, only } of nfa.empty[node]!) {
      if (only === undefined || at[only]) reached.add(to);
    }
  }
  return reached;
}
