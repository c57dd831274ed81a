/**
 * The candidate that is most likely meant by a misspelt word, or nothing. Swapping two neighbours counts as one slip
 * (`wehre`), case as none; short words may differ less than long ones.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const slips = word.length <= 2 ? 1 : word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
  let best: string | undefined;
  let least = slips + 1;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) >= least) continue;
    const count = distance(word.toLowerCase(), candidate.toLowerCase());
    // Two words of two letters with one in common are not alike.
    if (count < least && count < Math.max(candidate.length, word.length) - (count > 0 ? 1 : 0)) {
      best = candidate;
      least = count;
    }
  }
  return best;
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
