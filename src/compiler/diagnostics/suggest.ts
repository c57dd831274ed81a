import { nearest } from "../../../grammar/nearest.ts";

/**
 * "Did you mean": the known word nearest to a mistyped one by edit distance, or undefined if none is near enough.
 * Among equals the first candidate wins, so give the likelier ones first.
 */
export const suggest = nearest;

/** `did you mean `x`?` as a label, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = suggest(word, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}
