/** A tree without its places, for comparison: `span`, `opSpan` and a hook's `body` are left out. */
export function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      key === "span" || key === "opSpan" || key === "body" ? [] : [[key, strip(inner)]],
    ),
  );
}
