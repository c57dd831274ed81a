/**
 * "Did you mean": the known word nearest to a mistyped one.
 */

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each costing 1.
 * Gives up and returns `limit + 1` when the distance is certain to exceed `limit`.
 */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** A third of the word may be wrong: one letter of `mrak`, three of `tcp.dstport`. Words of two letters match only by case. */
const tolerance = (word: string): number => (word.length < 3 ? 0 : Math.max(1, Math.floor(word.length / 3)));

/**
 * The candidate nearest to `word`, or undefined if none is near enough. Case counts for nothing.
 * Among equals the first candidate wins, so give the likelier ones first.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let limit = tolerance(word);
  let found: string | undefined;
  for (const candidate of candidates) {
    const d = distance(lower, candidate.toLowerCase(), limit);
    if (d > limit || candidate === word) continue;
    if (d === 0) return candidate;
    found = candidate;
    limit = d - 1;
  }
  return found;
}

/** `did you mean `x`?` as a label, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = suggest(word, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}
