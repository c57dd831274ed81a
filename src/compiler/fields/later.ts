/**
 * Names of the language that are not there yet, with the reason; `*` stands for the rest of the name.
 * The checker reports them as such and not as unknown.
 */
export const LATER: readonly { readonly pattern: string; readonly reason: string }[] = [
  { pattern: "why", reason: "drops are not explained yet" },
];

/** Why a name is not there yet, or undefined if it is none of these. */
export const laterReason = (name: string): string | undefined =>
  LATER.find(({ pattern }) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  )?.reason;
