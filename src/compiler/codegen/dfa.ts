import { byteString } from "../text-match.ts";
import { buildNfa, closure, type Nfa } from "./nfa.ts";
import { ANY, type Pattern, PatternError, parseGlob, parseRegex } from "./pattern.ts";

/**
 * A table automaton for text in kernel memory. Begin in `start`; for each byte before the NUL (and before the end of the
 * buffer) go to `next[state * classCount + classes[byte]]`; the text matches if the last state is accepting.
 */
export interface Automaton {
  /** Of each byte the number of its class: bytes of one class are not told apart. */
  readonly classes: Uint8Array;
  readonly classCount: number;
  readonly stateCount: number;
  readonly start: number;
  readonly next: Uint8Array;
  /** 1 for accepting states. */
  readonly accepting: Uint8Array;
}

/** States are numbered in a byte. */
const MAX_STATES = 255;
/** Before states that do the same are merged; what needs more would not come below MAX_STATES in reasonable time. */
const MAX_SUBSETS = 4096;

/**
 * The smallest automaton for a pattern on texts of at most `maxLength` bytes, or why there is none. Patterns mean what
 * `evaluate` says. Made here and not by a library: the ones there are weigh a megabyte, more than all the rest of pwq.
 */
export function compilePattern(
  how: "glob" | "regex",
  pattern: string,
  maxLength: number,
): Automaton | { readonly problem: string } {
  try {
    const bytes = byteString(pattern);
    const tree = how === "glob" ? parseGlob(bytes) : unanchored(parseRegex(bytes));
    return smallest(determine(buildNfa(tree, maxLength), maxLength));
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message };
    throw error;
  }
}

/** Anything may stand before it; what stands behind does not matter once it has matched. */
const unanchored = (pattern: Pattern): Pattern => ({
  kind: "sequence",
  of: [{ kind: "repeat", of: { kind: "bytes", set: ANY }, min: 0, max: Infinity }, pattern],
});

/** A deterministic automaton that is not yet as small as it can be; state 0 is the start. */
interface Dfa {
  readonly classes: Uint8Array;
  readonly rows: readonly (readonly number[])[];
  readonly accepting: readonly boolean[];
}

/** Bytes that every edge treats alike share a class. */
function byteClasses(nfa: Nfa): { readonly classes: Uint8Array; readonly samples: readonly bigint[] } {
  const sets = [...new Set(nfa.bytes.flatMap((edge) => (edge ? [edge.set] : [])))];
  const classes = new Uint8Array(256);
  const known = new Map<string, number>();
  const samples: bigint[] = [];
  // NUL is not part of any text, so it needs no class of its own: it stays in class 0.
  for (let byte = 1; byte < 256; byte++) {
    const bit = 1n << BigInt(byte);
    const key = sets.map((set) => (set & bit ? "1" : "0")).join("");
    let number = known.get(key);
    if (number === undefined) {
      number = samples.push(bit) - 1;
      known.set(key, number);
    }
    classes[byte] = number;
  }
  return { classes, samples };
}

const MATCHED = "matched";

/**
 * The subset construction, no deeper than `maxLength` bytes. Reaching the final node before the end of the text decides:
 * only an unanchored pattern can.
 */
function determine(nfa: Nfa, maxLength: number): Dfa {
  const { classes, samples } = byteClasses(nfa);
  const numbers = new Map<string, number>();
  const subsets: ReadonlySet<number>[] = [];
  const depths: number[] = [];
  const accepting: boolean[] = [];
  const enter = (nodes: readonly number[], depth: number): number => {
    const start = depth === 0;
    const subset = closure(nfa, nodes, { start, end: false });
    const matched = subset.has(nfa.final);
    const key = matched ? MATCHED : [...subset].sort((a, b) => a - b).join();
    const known = numbers.get(key);
    // The start is told apart from the same nodes later: there `^` and `$` may hold that do not hold here.
    if (known !== undefined && known !== 0) return known;
    if (subsets.length >= MAX_SUBSETS) throw new PatternError("the pattern is too large");
    const number = subsets.push(matched ? new Set() : subset) - 1;
    numbers.set(key, number);
    depths.push(depth);
    accepting.push(matched || closure(nfa, nodes, { start, end: true }).has(nfa.final));
    return number;
  };
  enter([nfa.first], 0);
  const rows: number[][] = [];
  for (let state = 0; state < subsets.length; state++) {
    const depth = depths[state]! + 1;
    const edges = [...subsets[state]!].flatMap((node) => nfa.bytes[node] ?? []);
    const decided = numbers.get(MATCHED) === state;
    rows.push(
      samples.map((bit) => {
        if (decided) return state;
        const targets = depth > maxLength ? [] : edges.flatMap(({ set, to }) => (set & bit ? [to] : []));
        return enter(targets, depth);
      }),
    );
  }
  return { classes, rows, accepting };
}

/** Moore's algorithm: states stay in one block while they agree on acceptance and on the blocks they lead to. */
function smallest({ classes, rows, accepting }: Dfa): Automaton {
  let blocks = accepting.map(Number);
  for (let count = 0; ; ) {
    const numbers = new Map<string, number>();
    blocks = rows.map((row, state) => {
      const key = [blocks[state], ...row.map((to) => blocks[to])].join();
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      return numbers.get(key)!;
    });
    if (numbers.size === count) break;
    count = numbers.size;
  }
  // Numbered in the order of their first member, so that the start, which is state 0, is in block 0.
  const states = Math.max(...blocks) + 1;
  if (states > MAX_STATES) {
    throw new PatternError(`the pattern needs ${states} states, and ${MAX_STATES} are the most`);
  }
  const small: (readonly number[])[] = [];
  const accepts = new Uint8Array(states);
  rows.forEach((row, state) => {
    small[blocks[state]!] = row.map((to) => blocks[to]!);
    accepts[blocks[state]!] = Number(accepting[state]);
  });
  return { ...fewestClasses(classes, small), stateCount: states, start: 0, accepting: accepts };
}

/** Classes that lead to the same states from everywhere become one. */
function fewestClasses(
  classes: Uint8Array,
  rows: readonly (readonly number[])[],
): Pick<Automaton, "classes" | "classCount" | "next"> {
  const columns = rows[0]!.map((_, c) => rows.map((row) => row[c]!));
  const keys = columns.map((column) => column.join());
  const distinct = [...new Set(keys)];
  const classCount = distinct.length;
  const next = new Uint8Array(rows.length * classCount);
  distinct.forEach((key, c) => {
    const column = columns[keys.indexOf(key)]!;
    column.forEach((to, state) => {
      next[state * classCount + c] = to;
    });
  });
  return { classes: classes.map((c) => distinct.indexOf(keys[c]!)), classCount, next };
}
