/**
 * Groups of tracepoints by name, from tracefs's `available_events`: `GROUP:NAME` a line. BTF knows tracepoints without
 * their groups. The rare name that several groups have is taken from the first.
 */
export function parseEvents(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(colon + 1);
    if (!groups.has(name)) groups.set(name, line.slice(0, colon));
  }
  return groups;
}
