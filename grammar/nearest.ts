/**
 * The candidate that is most likely meant by a misspelt word, or nothing. Swapping two neighbours counts as one slip
 * (`wehre`), case as none; short words may differ less than
 * long ones, and of two that are as near the one that begins alike is taken (`wher`: `where`, not `when`).
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const slips = word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
  const typed = word.toLowerCase();
  let best: { candidate: string; slips: number; shared: number } | undefined;
  for (const candidate of candidates) {
    // Two short words must have more in common than not.
    const most = Math.min(slips, Math.max(candidate.length, word.length) - 2);
    if (candidate === word || Math.abs(candidate.length - word.length) > most) continue;
    const count = distance(typed, candidate.toLowerCase());
    const shared = sharedPrefix(typed, candidate);
    const better = best === undefined || count < best.slips || (count === best.slips && shared > best.shared);
    if (count <= most && better) best = { candidate, slips: count, shared };
  }
  return best?.candidate;
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Damerau's distance between neighbours (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
