/**
 * Methods that V8 leaves out of the context in which Node makes a snapshot, because a flag can turn them off; in the
 * snapshot that runs they are there.
 */
const METHODS = {
  toSorted(this: readonly unknown[], compare?: (a: unknown, b: unknown) => number) {
    return [...this].sort(compare);
  },
  toReversed(this: readonly unknown[]) {
    return [...this].reverse();
  },
  with(this: readonly unknown[], index: number, value: unknown) {
    return Object.assign([...this], { [index < 0 ? index + this.length : index]: value });
  },
};

/** Runs `body` with arrays that have them all; afterwards they have what they had before. */
export async function withAllMethods(body: () => Promise<void>): Promise<void> {
  const missing = Object.entries(METHODS).filter(([name]) => !(name in Array.prototype));
  for (const [name, value] of missing)
    Object.defineProperty(Array.prototype, name, { value, configurable: true });
  try {
    await body();
  } finally {
    for (const [name] of missing) Reflect.deleteProperty(Array.prototype, name);
  }
}
